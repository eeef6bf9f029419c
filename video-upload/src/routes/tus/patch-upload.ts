import type { RequestHandler } from 'express';
import { beyondLength } from '../../domain/resumable/refusals.ts';
import type { Resumables } from '../../domain/resumable/uploads.ts';
import { bodyLength, bytesOf, integerOf, sayExpiry, sayProgress, uploadAsked } from './protocol.ts';

/** `PATCH /api/uploads/:uploadId`: bytes at Upload-Offset. */
export function patchUpload(uploads: Pick<Resumables, 'find' | 'append' | 'expiryOf'>): RequestHandler {
  const append: RequestHandler = async (req, res) => {
    const { uploadId, ownerId } = uploadAsked(req);
    const bytes = bytesOf(req);
    const offset = integerOf(req, 'Upload-Offset');
    const length = bodyLength(req);
    if (length !== undefined && length > 0) {
      // Known before the first byte; of a body in chunks only as it comes.
      const upload = await uploads.find(uploadId, ownerId);
      if (upload.offset === offset && length > upload.lengthBytes - offset) throw beyondLength(upload.lengthBytes);
    }
    sayProgress(res, await uploads.append(uploadId, ownerId, offset, bytes));
    res.status(204).end();
  };
  return async (req, res, next) => {
    try {
      await append(req, res, next);
    } catch (error) {
      // It is in every answer to a PATCH of an upload that is going to expire (Upload-Expires).
      const { uploadId, ownerId } = uploadAsked(req);
      const expiry = await uploads.expiryOf(uploadId, ownerId).catch(() => undefined);
      if (expiry !== undefined && !res.headersSent) sayExpiry(res, expiry);
      throw error;
    }
  };
}
