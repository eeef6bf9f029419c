import type { RequestHandler } from 'express';
import { DomainError } from '../errors.ts';

const mostParameters = 50;

/** Middleware: a query that is malformed ends here with 400, whether or not its route reads it. */
export function checkQuery(): RequestHandler {
  return (req, _res, next) => {
    void req.query; // parsed, and checked, by the app's query parser
    next();
  };
}

/**
 * Parses a query (application/x-www-form-urlencoded) strictly: one text a name, no nesting, no lists, nothing guessed.
 *
 * @throws DomainError 'invalid' that names the parameter, when one is repeated or not UTF-8 in percent-encoding
 */
export function parseQuery(text: string | null): Record<string, string> {
  const query: Record<string, string> = Object.create(null);
  const pairs = (text ?? '').split('&').filter((pair) => pair !== '');
  if (pairs.length > mostParameters) {
    const message = `must not have more than ${mostParameters} parameters`;
    throw new DomainError('invalid', `The address ${message}.`, { errors: [{ path: 'query', message }] });
  }
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    if (name === undefined || name === '') {
      const message = 'must have readable names only';
      throw new DomainError('invalid', 'A parameter of the address has no readable name.', {
        errors: [{ path: 'query', message }],
      });
    }
    const value = equals === -1 ? '' : decode(pair.slice(equals + 1));
    if (value === undefined) throw invalid(name, 'must be UTF-8 text in percent-encoding, without NUL');
    if (name in query) throw invalid(name, 'must be given once only');
    query[name] = value;
  }
  return query;
}

function decode(text: string): string | undefined {
  try {
    const decoded = decodeURIComponent(text.replaceAll('+', ' '));
    return decoded.includes('\0') ? undefined : decoded;
  } catch {
    return undefined;
  }
}

function invalid(name: string, message: string): DomainError {
  const path = name.slice(0, 100);
  return new DomainError('invalid', `The parameter ${path} ${message}.`, { errors: [{ path, message }] });
}
