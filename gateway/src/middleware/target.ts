import { DomainError } from '@flixtube/chassis/errors';
import type { Request, RequestHandler } from 'express';
import { parseRequestTarget, type RequestTarget } from '../domain/request-target.ts';

const targets = new WeakMap<Request, RequestTarget>();

/** What a request asks for; known once {@link checkTarget} has seen it. */
export function targetOf(req: Request): RequestTarget {
  const target = targets.get(req);
  if (target === undefined) throw new Error('checkTarget has not seen this request');
  return target;
}

/** Middleware: a target that could be read in two ways ends here with 400, one that is closed to the outside with 404. */
export function checkTarget(): RequestHandler {
  return (req, _res, next) => {
    const target = parseRequestTarget(req.originalUrl);
    if (target.area === 'closed') throw new DomainError('not-found', 'There is nothing at this address.');
    targets.set(req, target);
    // An absolute-form target (RFC 9112 §3.2.2) is matched by its path like any other.
    req.url = target.path + target.query;
    next();
  };
}
