import { parse } from '@flixtube/chassis/http';
import { viewerOf } from '@flixtube/chassis/identity';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Kinds } from '../../domain/kinds.ts';
import { emptyFile, tooLarge } from '../../domain/measured-body.ts';
import { readMetadata } from '../../domain/resumable/metadata.ts';
import { beyondLength, wrongHeader } from '../../domain/resumable/refusals.ts';
import type { Resumables } from '../../domain/resumable/uploads.ts';
import { bodyLength, bytesOf, integerOf, sayProgress } from './protocol.ts';

/** What would make it another kind of upload than the one we would make. */
const notTaken = ['Upload-Defer-Length', 'Upload-Concat'];

/** `POST /api/uploads` (Creation, Creation With Upload): all that can be refused is refused before a byte is read. */
export function createUpload(uploads: Pick<Resumables, 'create'>, maxBytes: number, kinds: Kinds): RequestHandler {
  return async (req, res) => {
    const ownerId = viewerOf(req);
    parse(z.strictObject({}), req.query);
    for (const name of notTaken) if (req.get(name) !== undefined) throw wrongHeader(name, 'is not taken here');
    const lengthBytes = integerOf(req, 'Upload-Length');
    if (lengthBytes > maxBytes) throw tooLarge(maxBytes);
    if (lengthBytes === 0) throw emptyFile();
    const metadata = req.get('upload-metadata');
    const facts = readMetadata(metadata, kinds);
    const length = bodyLength(req);
    const bytes = length === 0 ? undefined : bytesOf(req);
    if (length !== undefined && length > lengthBytes) throw beyondLength(lengthBytes);
    const upload = await uploads.create({ ownerId, lengthBytes, metadata: metadata ?? '', facts }, bytes);
    sayProgress(res, upload);
    res.status(201).location(`/api/uploads/${upload.videoId}`).end();
  };
}
