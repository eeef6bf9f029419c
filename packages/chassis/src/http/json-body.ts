import type { Request, RequestHandler } from 'express';
import { DomainError } from '../errors.ts';
import { hasBody, readBody } from './request-body.ts';

/**
 * Middleware for a route that takes JSON: `req.body` is the parsed value. 415 unless the body says that it is
 * `application/json`, as it is and in UTF-8 (RFC 8259 §8.1); 400 when it is missing or broken; 413 above `maxBytes`.
 *
 * @param maxBytes most that is read; 100 KiB unless said
 */
export function json(maxBytes = 100 * 1024): RequestHandler {
  return async (req, _res, next) => {
    if (!hasBody(req)) throw bodyError('The request needs a body in JSON.', 'is required');
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

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch (cause) {
    throw bodyError('The body of the request is not well-formed JSON.', 'must be well-formed JSON', cause);
  }
}

function bodyError(detail: string, message: string, cause?: unknown): DomainError {
  return new DomainError('invalid', detail, { errors: [{ path: 'body', message }], cause });
}
