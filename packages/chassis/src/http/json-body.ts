import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler } from 'express';
import { DomainError } from '../errors.ts';
import { declaredLength, hasBody } from './request-body.ts';

/**
 * Middleware for a route that takes JSON: `req.body` is the parsed value. 415 unless the body says that it is
 * `application/json`, as it is and in UTF-8 (RFC 8259 §8.1); 400 when it is missing or broken; 413 above `maxBytes`.
 *
 * @param maxBytes most that is read; 100 KiB unless said
 */
export function json(maxBytes = 100 * 1024): RequestHandler {
  return async (req, _res, next) => {
    if (!hasBody(req)) throw bodyError('invalid', 'The request needs a body in JSON.', 'is required');
    checkType(req);
    req.body = parseJson(await readBody(req, maxBytes));
    next();
  };
}

function checkType(req: Request): void {
  const [, charset = 'utf-8'] = /;\s*charset="?([^\s";]+)/i.exec(req.headers['content-type'] ?? '') ?? [];
  const { 'content-encoding': encoding = 'identity' } = req.headers;
  const isJson = req.is('application/json') !== false && /^utf-?8$/i.test(charset);
  if (!isJson || encoding !== 'identity') {
    const detail = 'The body must be JSON in UTF-8, not compressed, with Content-Type: application/json.';
    const errors = isJson
      ? [{ path: 'Content-Encoding', message: 'must not be given' }]
      : [{ path: 'Content-Type', message: 'must be application/json' }];
    throw new DomainError('unsupported-type', detail, { errors });
  }
}

/** Not express.json(): on a body above its limit that reads on to the end, however far it is, before it answers. */
async function readBody(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const message = `must not be larger than ${maxBytes} bytes`;
  const tooLarge = bodyError('too-large', `The body ${message}.`, message);
  const declared = declaredLength(req);
  if (Number.isFinite(declared) && declared > maxBytes) throw tooLarge;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch (cause) {
    throw bodyError('invalid', 'The body of the request is not well-formed JSON.', 'must be well-formed JSON', cause);
  }
}

function bodyError(kind: 'invalid' | 'too-large', detail: string, message: string, cause?: unknown): DomainError {
  return new DomainError(kind, detail, { errors: [{ path: 'body', message }], cause });
}
