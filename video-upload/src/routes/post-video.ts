import { DomainError } from '@flixtube/chassis/errors';
import { parse } from '@flixtube/chassis/http';
import { viewerOf } from '@flixtube/chassis/identity';
import { uploadQuery } from '@flixtube/contracts/http/video';
import type { Request, RequestHandler, Response } from 'express';
import { freshVideo } from '../domain/fresh-video.ts';
import type { Ingest } from '../domain/ingest.ts';
import { tooLarge } from '../domain/measured-body.ts';

/** `POST /api/videos?title=&description=`, whose body is the file: 201 when the video can't be lost any more. */
export function postVideo(ingest: Pick<Ingest, 'receive'>, maxBytes: number): RequestHandler {
  return async (req, res) => {
    const ownerId = viewerOf(req);
    requireVideo(req);
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

function requireVideo(req: Request): void {
  const type = req.get('content-type') ?? '';
  if (!/^video\/[\w!#$&^.+-]+[ \t]*(;|$)/i.test(type)) {
    throw new DomainError('unsupported-type', 'The Content-Type of an upload must be that of a video.', {
      errors: [{ path: 'Content-Type', message: 'must be video/mp4, video/webm or another video type' }],
    });
  }
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
