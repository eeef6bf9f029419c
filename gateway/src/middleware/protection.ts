import { DomainError } from '@flixtube/chassis/errors';
import type { RequestHandler } from 'express';
import { isCrossSite } from '../domain/cross-site.ts';
import type { ClientOf } from './client.ts';

/** Middleware: what another site's page makes a browser do here with its visitor's cookie ends with 403. */
export function refuseCrossSite(clientOf: ClientOf): RequestHandler {
  return (req, _res, next) => {
    const { method, headers } = req;
    const fetchSite = headers['sec-fetch-site'];
    const crossSite = isCrossSite({
      method,
      override: headers['x-http-method-override'] as string | undefined,
      fetchSite: Array.isArray(fetchSite) ? fetchSite.join() : fetchSite,
      origin: headers.origin,
      host: clientOf(req).host,
    });
    if (crossSite) throw new DomainError('forbidden', 'This may only be done from FlixTube’s own pages.');
    next();
  };
}

/** Middleware: tells a browser that came by https to come by nothing else from now on (RFC 6797). */
export function stayOnHttps(clientOf: ClientOf): RequestHandler {
  return (req, res, next) => {
    if (clientOf(req).scheme === 'https') res.setHeader('Strict-Transport-Security', 'max-age=31536000');
    next();
  };
}

/** Middleware: an answer of the API is no page, and may show or load nothing should a browser open it as one. */
export function noPage(): RequestHandler {
  return (_req, res, next) => {
    res.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
    next();
  };
}

/** Middleware for addresses that take no parameters: one that is given is a mistake, and named. */
export function noParameters(): RequestHandler {
  return (req, _res, next) => {
    const errors = Object.keys(req.query).map((path) => ({ path, message: 'is not known here' }));
    if (errors.length > 0) throw new DomainError('invalid', 'This address takes no parameters.', { errors });
    next();
  };
}
