import { parse, route } from '@flixtube/chassis/http';
import { requireService } from '@flixtube/chassis/identity';
import type { Router } from 'express';
import { z } from 'zod';
import type { ObjectStore } from '../domain/object-store.ts';
import { prefix } from './object-key.ts';

const query = z.strictObject({ prefix });

/** DELETE /internal/objects?prefix=: everything below it, also what is being stored. */
export function deleteObjects(router: Router, store: Pick<ObjectStore, 'removeAll'>): void {
  route(router, '/internal/objects', {
    DELETE: [
      requireService(),
      async (req, res) => {
        const asked = parse(query, req.query);
        res.json({ deleted: await store.removeAll(asked.prefix) });
      },
    ],
  });
}
