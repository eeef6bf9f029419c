import { parse, route } from '@flixtube/chassis/http';
import { requireService } from '@flixtube/chassis/identity';
import type { StoredObject } from '@flixtube/contracts/http/internal';
import type { Router } from 'express';
import { z } from 'zod';
import type { ObjectStore } from '../domain/object-store.ts';
import { putObject } from '../domain/put-object.ts';
import { keyParams } from './object-key.ts';

const query = z.strictObject({
  accept: z
    .string()
    .regex(/^[a-z]+\/[a-z0-9.+-]*$/, 'must be what a media type begins with, such as video/')
    .default(''),
});

/** PUT /internal/objects/*key: 201 when the object is stored whole. */
export function putObjectRoute(router: Router, store: ObjectStore): void {
  route(router, '/internal/objects/*key', {
    PUT: [
      requireService(),
      async (req, res) => {
        const { key } = parse(keyParams, req.params);
        const { accept } = parse(query, req.query);
        const leaving = new AbortController();
        res.once('close', () => {
          if (!res.writableFinished) leaving.abort();
        });
        const stored = await putObject(store, { key, body: req, accept, signal: leaving.signal });
        const { sizeBytes, contentType, sha256 } = stored;
        const answer: StoredObject = { key, sizeBytes, contentType, sha256, etag: `"${sha256}"` };
        res.status(201).location(`/internal/objects/${key}`).json(answer);
      },
    ],
  });
}
