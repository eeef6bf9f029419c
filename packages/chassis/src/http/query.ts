import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { DomainError } from '../errors.ts';

const queries = new WeakMap<IncomingMessage, Record<string, string>>();
const mostParameters = 50;

/** What `req.query` gives: one text a name, parsed once. */
export function queryOf(this: IncomingMessage): Record<string, string> {
  const known = queries.get(this);
  if (known !== undefined) return known;
  const url = this.url ?? '';
  const mark = url.indexOf('?');
  const query = parseQuery(mark === -1 ? '' : url.slice(mark + 1));
  queries.set(this, query);
  return query;
}

/** Middleware: a query that is malformed ends here with 400, whether or not its route reads it. */
export function checkQuery(): RequestHandler {
  return (req, _res, next) => {
    queryOf.call(req);
    next();
  };
}

/**
 * Parses application/x-www-form-urlencoded, strictly: no nesting, no lists, and nothing is guessed.
 *
 * @throws DomainError 'invalid' that names the parameter, when one is repeated or not well-formed UTF-8 in percent-encoding
 */
export function parseQuery(text: string): Record<string, string> {
  const query: Record<string, string> = Object.create(null);
  const pairs = text.split('&').filter((pair) => pair !== '');
  if (pairs.length > mostParameters) {
    throw new DomainError('invalid', `The address has more than ${mostParameters} parameters.`);
  }
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const rawName = equals === -1 ? pair : pair.slice(0, equals);
    const name = decode(rawName) ?? '';
    if (name === '') throw new DomainError('invalid', 'A parameter of the address has no readable name.');
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

function invalid(path: string, message: string): DomainError {
  return new DomainError('invalid', `The parameter ${JSON.stringify(path)} ${message}.`, {
    errors: [{ path, message }],
  });
}
