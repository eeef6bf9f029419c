import { parse, route } from '@flixtube/chassis/http';
import { requireService } from '@flixtube/chassis/identity';
import type { StoredObject as StoredObjectBody } from '@flixtube/contracts/http/internal';
import type { Router } from 'express';
import { z } from 'zod';
import type { Objects } from '../domain/objects.ts';
import { accept } from './accept.ts';
import { etagOf } from './etag.ts';
import { objectKey } from './object-key.ts';

const params = z.object({ key: objectKey });
const query = z.strictObject({ accept });

/** PUT /internal/objects/*key: the body as an object, written once. */
export function putObject(router: Router, objects: Pick<Objects, 'receive'>): void {
  route(router, '/internal/objects/*key', {
    PUT: [
      requireService(),
      async (req, res) => {
        const { key } = parse(params, req.params);
        const asked = parse(query, req.query);
        const length = req.headers['content-length'];
        const stored = await objects.receive({
          key,
          // What is refused half-way is left to the server, which lets the sender read why.
          body: req.iterator({ destroyOnReturn: false }),
          sizeBytes: length === undefined ? undefined : Number(length),
          accept: asked.accept,
        });
        const { sizeBytes, sha256, contentType } = stored;
        const body: StoredObjectBody = { key, sizeBytes, sha256, contentType, etag: etagOf(stored) };
        res.status(201).location(`/internal/objects/${key}`).set('ETag', body.etag).json(body);
      },
    ],
  });
}
