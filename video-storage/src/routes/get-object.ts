import { parse, route } from '@flixtube/chassis/http';
import { requireService } from '@flixtube/chassis/identity';
import { sendRepresentation } from '@flixtube/chassis/representation';
import type { Router } from 'express';
import { z } from 'zod';
import type { Objects } from '../domain/objects.ts';
import { etagOf } from './etag.ts';
import { objectKey } from './object-key.ts';

const params = z.object({ key: objectKey });
const noQuery = z.strictObject({});

/** GET, HEAD /internal/objects/*key: an object's bytes, by RFC 9110. */
export function getObject(router: Router, objects: Pick<Objects, 'get' | 'read'>): void {
  route(router, '/internal/objects/*key', {
    GET: [
      requireService(),
      async (req, res) => {
        const { key } = parse(params, req.params);
        parse(noQuery, req.query);
        const object = await objects.get(key);
        await sendRepresentation(req, res, {
          sizeBytes: object.sizeBytes,
          contentType: object.contentType,
          etag: etagOf(object),
          lastModified: object.lastModified,
          cacheControl: 'private, no-cache',
          read: (range, signal) => objects.read(object, range, signal),
        });
      },
    ],
  });
}
