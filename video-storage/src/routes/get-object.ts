import { DomainError } from '@flixtube/chassis/errors';
import { parse, route } from '@flixtube/chassis/http';
import { requireService } from '@flixtube/chassis/identity';
import { sendRepresentation } from '@flixtube/chassis/representation';
import type { Router } from 'express';
import type { ObjectStore } from '../domain/object-store.ts';
import { keyParams } from './object-key.ts';

/** GET, HEAD /internal/objects/*key: the bytes, by RFC 9110. The entity tag is the SHA-256. */
export function getObject(router: Router, store: Pick<ObjectStore, 'find' | 'read'>): void {
  route(router, '/internal/objects/*key', {
    GET: [
      requireService(),
      async (req, res) => {
        const { key } = parse(keyParams, req.params);
        const object = await store.find(key);
        if (object === undefined) throw new DomainError('not-found', 'There is no such object.');
        await sendRepresentation(req, res, {
          sizeBytes: object.sizeBytes,
          contentType: object.contentType,
          etag: `"${object.sha256}"`,
          lastModified: object.storedAt,
          cacheControl: 'private, no-cache',
          read: (range, signal) => store.read(key, range, signal),
        });
      },
    ],
  });
}
