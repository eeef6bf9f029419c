import { decodeCursor, encodeCursor } from '@flixtube/chassis/cursor';
import { parse, route } from '@flixtube/chassis/http';
import { requireService } from '@flixtube/chassis/identity';
import type { ObjectList } from '@flixtube/contracts/http/internal';
import { limit } from '@flixtube/contracts/http/page';
import type { Router } from 'express';
import { z } from 'zod';
import type { Objects } from '../domain/objects.ts';
import { etagOf } from './etag.ts';
import { listedPrefix } from './object-key.ts';

const query = z.strictObject({
  prefix: listedPrefix,
  limit,
  // The store's own mark is in it, and that grows with the key: longer than other cursors.
  cursor: z.string().max(4_000, 'is not the nextCursor of a page of this list').optional(),
});

/** GET /internal/objects?prefix=&limit=&cursor=: what is stored, in the order of the keys. */
export function listObjects(router: Router, objects: Pick<Objects, 'list'>): void {
  route(router, '/internal/objects', {
    GET: [
      requireService(),
      async (req, res) => {
        const { prefix, cursor, ...asked } = parse(query, req.query);
        const name = `objects ${prefix}`;
        const from = cursor === undefined ? undefined : decodeCursor(name, z.string(), cursor);
        const page = await objects.list(prefix, { limit: asked.limit, from });
        const body: ObjectList = {
          items: page.objects.map((object) => ({
            key: object.key,
            sizeBytes: object.sizeBytes,
            etag: etagOf(object),
            lastModified: object.lastModified.toISOString(),
          })),
          nextCursor: page.next === undefined ? null : encodeCursor(name, page.next),
        };
        res.json(body);
      },
    ],
  });
}
