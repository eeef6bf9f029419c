import express, { type RequestHandler } from 'express';
import { DomainError } from '../errors.ts';

/**
 * Middleware for a route that takes JSON: `req.body` is the parsed value. 415 unless the body says it is
 * `application/json`, 400 when it is missing or broken, 413 above `maxBytes`.
 *
 * @param maxBytes most that is read, after decompression; 100 KiB unless said
 */
export function json(maxBytes = 100 * 1024): RequestHandler {
  const read = express.json({ limit: maxBytes, type: () => true, strict: false });
  return (req, res, next) => {
    const length = req.headers['content-length'];
    if (req.headers['transfer-encoding'] === undefined && (length === undefined || Number(length) === 0)) {
      throw new DomainError('invalid', 'The request needs a body in JSON.');
    }
    if (req.is('application/json') === false) {
      throw new DomainError('unsupported-type', 'The body must be JSON, with Content-Type: application/json.');
    }
    read(req, res, next);
  };
}
