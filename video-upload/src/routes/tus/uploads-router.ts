import { route } from '@flixtube/chassis/http';
import { Router } from 'express';
import type { Kinds } from '../../domain/kinds.ts';
import type { Resumables } from '../../domain/resumable/uploads.ts';
import { createUpload } from './create-upload.ts';
import { deleteUpload } from './delete-upload.ts';
import { headUpload } from './head-upload.ts';
import { optionsUploads } from './options-uploads.ts';
import { patchUpload } from './patch-upload.ts';
import { sayVersion, tusMethods } from './protocol.ts';

const collection = ['POST', 'OPTIONS'] as const;
/** POST is only the carrier of another method there (X-HTTP-Method-Override). */
const one = ['HEAD', 'PATCH', 'DELETE', 'POST', 'OPTIONS'] as const;

/** tus 1.0.0 at `/api/uploads[/:uploadId]`. */
export function uploadsRouter(uploads: Resumables, maxBytes: number, kinds: Kinds): Router {
  const router = Router();
  router.use('/api/uploads', sayVersion);
  const creation = { POST: createUpload(uploads, maxBytes, kinds), OPTIONS: optionsUploads(maxBytes, collection) };
  const upload = {
    HEAD: headUpload(uploads),
    PATCH: patchUpload(uploads),
    DELETE: deleteUpload(uploads),
    OPTIONS: optionsUploads(maxBytes, one),
  };
  route(router, '/api/uploads', tusMethods(creation, collection));
  route(router, '/api/uploads/:uploadId', tusMethods(upload, one));
  return router;
}
