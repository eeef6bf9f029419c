import type { RequestHandler } from 'express';
import { DomainError } from '../errors.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controlCharacters = /[\u0000-\u001f\u007f]/;

/** Middleware: a path that is not well-formed, or holds control characters, ends here with 400. */
export function checkPath(): RequestHandler {
  return (req, _res, next) => {
    let path: string;
    try {
      path = decodeURIComponent(req.path);
    } catch (error) {
      throw malformed('must be percent-encoded UTF-8', error);
    }
    if (controlCharacters.test(path)) {
      throw malformed('must not hold control characters');
    }
    next();
  };
}

function malformed(message: string, cause?: unknown): DomainError {
  const errors = [{ path: 'path', message }];
  return new DomainError('invalid', `The path of the address ${message}.`, { errors, cause });
}
