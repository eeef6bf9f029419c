import { DomainError } from '@flixtube/chassis/errors';
import { parse } from '@flixtube/chassis/http';
import { viewerOf } from '@flixtube/chassis/identity';
import { videoId } from '@flixtube/contracts/ids';
import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { noSuchUpload, wrongHeader } from '../../domain/resumable/refusals.ts';
import type { ResumableUpload } from '../../domain/resumable/upload.ts';
import type { Bytes } from '../../domain/resumable/uploads.ts';
import { eagerBody } from './eager-body.ts';

/** The protocol's text is github.com/tus/tus-resumable-upload-protocol, protocol.md; its sections are named here. */
export const VERSION = '1.0.0';
export const algorithms = ['sha1', 'sha256', 'md5'] as const;
const digestBytes = { sha1: 20, sha256: 32, md5: 16 } as const;
const bodyType = 'application/offset+octet-stream';

/** Middleware: Tus-Resumable is in every answer, an error's too (Tus-Resumable). */
export const sayVersion: RequestHandler = (_req, res, next) => {
  res.setHeader('Tus-Resumable', VERSION);
  next();
};

type Method = 'POST' | 'HEAD' | 'PATCH' | 'DELETE' | 'OPTIONS';
export type TusHandlers = Partial<Record<Method, RequestHandler>>;

/**
 * Handlers for `route`: the method that counts is that of X-HTTP-Method-Override where it is given, and the version must be
 * ours, except for OPTIONS, before anything else is looked at.
 */
export function tusMethods(handlers: TusHandlers, methods: readonly Method[]): TusHandlers {
  const dispatch: RequestHandler = (req, res, next) => {
    const method = (req.get('x-http-method-override') ?? req.method).toUpperCase();
    const handler = handlers[method as Method];
    if (handler === undefined) {
      const allowed = Object.keys(handlers).join(', ');
      res.setHeader('Allow', allowed);
      throw new DomainError('method-not-allowed', `This address answers ${allowed}, not ${method.slice(0, 20)}.`);
    }
    if (method !== 'OPTIONS') requireVersion(req, res);
    return handler(req, res, next);
  };
  return Object.fromEntries(methods.map((method) => [method, dispatch]));
}

function requireVersion(req: Request, res: Response): void {
  const version = req.get('tus-resumable');
  if (version === VERSION) return;
  res.setHeader('Tus-Version', VERSION);
  throw new DomainError('precondition-failed', `This speaks version ${VERSION} of the tus protocol.`, {
    errors: [{ path: 'Tus-Resumable', message: version === undefined ? 'is required' : `must be ${VERSION}` }],
  });
}

/** Who asks, and for which upload. An id that can be none is not found like any other. */
export function uploadAsked(req: Request): { uploadId: string; ownerId: string } {
  parse(z.strictObject({}), req.query);
  const ownerId = viewerOf(req);
  const id = videoId.safeParse(req.params.uploadId);
  if (!id.success) throw noSuchUpload();
  return { uploadId: id.data, ownerId };
}

/**
 * A non-negative integer of a header (Upload-Offset, Upload-Length); one that no file has comes out as infinite.
 * @throws DomainError 'invalid', naming it
 */
export function integerOf(req: Request, name: string): number {
  const value = req.get(name);
  if (value === undefined) throw wrongHeader(name, 'is required');
  if (!/^\d+$/.test(value)) throw wrongHeader(name, 'must be a non-negative integer');
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : Number.POSITIVE_INFINITY;
}

/** How long the body says that it is: 0 without one, undefined when it is sent in chunks. */
export function bodyLength(req: Request): number | undefined {
  if (req.headers['transfer-encoding'] !== undefined) return undefined;
  return Number(req.headers['content-length'] ?? 0);
}

/** The body as bytes of an upload. @throws DomainError 'unsupported-type', 'invalid' for a wrong Upload-Checksum */
export function bytesOf(req: Request): Bytes {
  const type = (req.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type !== bodyType) {
    throw new DomainError('unsupported-type', `The body must be of Content-Type: ${bodyType}.`, {
      errors: [{ path: 'Content-Type', message: `must be ${bodyType}` }],
    });
  }
  if ((req.get('content-encoding') ?? 'identity').toLowerCase() !== 'identity') {
    throw new DomainError('unsupported-type', 'The body must be sent as it is, without a Content-Encoding.', {
      errors: [{ path: 'Content-Encoding', message: 'must not be given' }],
    });
  }
  return { checksum: checksumOf(req), body: eagerBody(req) };
}

/** Checksum, Upload-Checksum: the name of the algorithm, a space, and the checksum in base64. */
function checksumOf(req: Request): Bytes['checksum'] {
  const value = req.get('upload-checksum');
  if (value === undefined) return undefined;
  const [, name, encoded = ''] = /^([a-z0-9-]+) ([A-Za-z0-9+/]+={0,2})$/.exec(value) ?? [];
  const algorithm = algorithms.find((one) => one === name);
  if (algorithm === undefined) {
    throw wrongHeader('Upload-Checksum', `must be ${algorithms.join(', ')}, a space, and the checksum in base64`);
  }
  const digest = Buffer.from(encoded, 'base64');
  if (digest.length !== digestBytes[algorithm]) {
    throw wrongHeader('Upload-Checksum', `must have the ${digestBytes[algorithm]} bytes of ${algorithm} in base64`);
  }
  return { algorithm, digest };
}

/** What an answer says of the upload: how far it is, until when it is kept, and which video it has become. */
export function sayProgress(res: Response, upload: ResumableUpload): void {
  res.setHeader('Upload-Offset', String(upload.offset));
  if (upload.state === 'stored') res.setHeader('X-Video-Id', upload.videoId);
  else sayExpiry(res, upload.expiresAt);
}

export function sayExpiry(res: Response, expiresAt: Date): void {
  res.setHeader('Upload-Expires', expiresAt.toUTCString());
}
