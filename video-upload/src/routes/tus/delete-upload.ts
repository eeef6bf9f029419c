import type { RequestHandler } from 'express';
import type { Resumables } from '../../domain/resumable/uploads.ts';
import { uploadAsked } from './protocol.ts';

/** `DELETE /api/uploads/:uploadId` (Termination). */
export function deleteUpload(uploads: Pick<Resumables, 'end'>): RequestHandler {
  return async (req, res) => {
    const { uploadId, ownerId } = uploadAsked(req);
    await uploads.end(uploadId, ownerId);
    res.status(204).end();
  };
}
