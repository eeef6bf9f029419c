import type { RequestHandler } from 'express';
import { algorithms, VERSION } from './protocol.ts';

const extensions = ['creation', 'creation-with-upload', 'expiration', 'checksum', 'termination'];

/** `OPTIONS /api/uploads[/:uploadId]`: what this server can do. */
export function optionsUploads(maxBytes: number, allowed: readonly string[]): RequestHandler {
  return (_req, res) => {
    res.setHeader('Allow', allowed.join(', '));
    res.setHeader('Tus-Version', VERSION);
    res.setHeader('Tus-Extension', extensions.join(','));
    res.setHeader('Tus-Max-Size', String(maxBytes));
    res.setHeader('Tus-Checksum-Algorithm', algorithms.join(','));
    res.status(204).end();
  };
}
