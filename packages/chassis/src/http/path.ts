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
      throw new DomainError('invalid', 'The path of the address is not UTF-8 text in percent-encoding.', {
        cause: error,
      });
    }
    if (controlCharacters.test(path)) {
      throw new DomainError('invalid', 'The path of the address holds control characters.');
    }
    next();
  };
}
