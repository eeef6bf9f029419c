import { parse, route } from '@flixtube/chassis/http';
import { requireService } from '@flixtube/chassis/identity';
import type { Router } from 'express';
import { z } from 'zod';
import type { Objects } from '../domain/objects.ts';
import { removablePrefix } from './object-key.ts';

const query = z.strictObject({ prefix: removablePrefix });

/** DELETE /internal/objects?prefix=: everything in a folder, and what was staged there and never became an object. */
export function deleteObjects(router: Router, objects: Pick<Objects, 'removeAll'>): void {
  route(router, '/internal/objects', {
    DELETE: [
      requireService(),
      async (req, res) => {
        const { prefix } = parse(query, req.query);
        res.json({ deleted: await objects.removeAll(prefix) });
      },
    ],
  });
}
