import type { RequestHandler } from 'express';
import type { Resumables } from '../../domain/resumable/uploads.ts';
import { sayProgress, uploadAsked } from './protocol.ts';

/** `HEAD /api/uploads/:uploadId`: how far an upload is, and which video it has become. */
export function headUpload(uploads: Pick<Resumables, 'find'>): RequestHandler {
  return async (req, res) => {
    const { uploadId, ownerId } = uploadAsked(req);
    const upload = await uploads.find(uploadId, ownerId);
    sayProgress(res, upload);
    res.setHeader('Upload-Length', String(upload.lengthBytes));
    if (upload.metadata !== '') res.setHeader('Upload-Metadata', upload.metadata);
    // Neither client nor proxy may keep it (HEAD).
    res.setHeader('Cache-Control', 'no-store');
    res.status(200).end();
  };
}
