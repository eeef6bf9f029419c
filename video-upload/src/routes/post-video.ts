import { DomainError } from '@flixtube/chassis/errors';
import { parse } from '@flixtube/chassis/http';
import { viewerOf } from '@flixtube/chassis/identity';
import { uploadQuery } from '@flixtube/contracts/http/video';
import type { Request, RequestHandler, Response } from 'express';
import { freshVideo } from '../domain/fresh-video.ts';
import type { Ingest } from '../domain/ingest.ts';
import { isAmong, type Kinds, otherKind } from '../domain/kinds.ts';
import { tooLarge } from '../domain/measured-body.ts';

/** `POST /api/videos?title=&description=`, whose body is the file: 201 when the video can't be lost any more. */
export function postVideo(ingest: Pick<Ingest, 'receive'>, maxBytes: number, kinds: Kinds): RequestHandler {
  return async (req, res) => {
    const ownerId = viewerOf(req);
    requireVideo(req, kinds);
    const { title, description } = parse(uploadQuery, req.query);
    const declaredBytes = declaredLength(req);
    if (declaredBytes !== undefined && declaredBytes > maxBytes) throw tooLarge(maxBytes);
    const stored = await ingest.receive({
      ownerId,
      title,
      description,
      body: req,
      declaredBytes,
      signal: goneSignal(res),
    });
    res.status(201).location(`/api/videos/${stored.videoId}`).json(freshVideo(stored));
  };
}

function requireVideo(req: Request, kinds: Kinds): void {
  if (!isAmong(kinds, req.get('content-type') ?? '')) throw otherKind(kinds, 'Content-Type');
  if ((req.get('content-encoding') ?? 'identity').toLowerCase() !== 'identity') {
    throw new DomainError('unsupported-type', 'The file must be sent as it is, without a Content-Encoding.', {
      errors: [{ path: 'Content-Encoding', message: 'must not be given' }],
    });
  }
}

/** Undefined for a chunked body, whose length shows at its end (RFC 9112 §6.1). */
function declaredLength(req: Request): number | undefined {
  if (req.headers['transfer-encoding'] !== undefined) return undefined;
  return Number(req.headers['content-length'] ?? 0);
}

/** Aborted when the connection ends before the answer, or the request has been answered by someone else. */
function goneSignal(res: Response): AbortSignal {
  const gone = new AbortController();
  const end = () => gone.abort(new DomainError('invalid', 'The upload was broken off.'));
  if (res.closed) end();
  else res.once('close', end);
  return gone.signal;
}
