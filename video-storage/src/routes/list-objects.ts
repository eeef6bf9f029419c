import { decodeCursor, encodeCursor } from '@flixtube/chassis/cursor';
import { parse, route } from '@flixtube/chassis/http';
import { requireService } from '@flixtube/chassis/identity';
import type { ObjectList } from '@flixtube/contracts/http/internal';
import { cursor, limit } from '@flixtube/contracts/http/page';
import type { Router } from 'express';
import { z } from 'zod';
import type { ObjectStore } from '../domain/object-store.ts';
import { prefix } from './object-key.ts';

const query = z.strictObject({ prefix: prefix.default(''), limit, cursor });

/** GET /internal/objects?prefix=&limit=&cursor=: what is there, in the order of the keys. */
export function listObjects(router: Router, store: Pick<ObjectStore, 'list'>): void {
  route(router, '/internal/objects', {
    GET: [
      requireService(),
      async (req, res) => {
        const asked = parse(query, req.query);
        const list = JSON.stringify(['objects', asked.prefix]);
        const after = asked.cursor === undefined ? undefined : decodeCursor(list, z.string().min(1), asked.cursor);
        const { objects, next } = await store.list({ prefix: asked.prefix, limit: asked.limit, cursor: after });
        const answer: ObjectList = {
          items: objects.map(({ storedAt, ...object }) => ({ ...object, lastModified: storedAt.toISOString() })),
          nextCursor: next === undefined ? null : encodeCursor(list, next),
        };
        res.json(answer);
      },
    ],
  });
}
