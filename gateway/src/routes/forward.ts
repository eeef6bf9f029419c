import { pipeline } from 'node:stream/promises';
import { DomainError } from '@flixtube/chassis/errors';
import { viewerOf } from '@flixtube/chassis/identity';
import type { Request, RequestHandler, Response } from 'express';
import { requestHeaders, responseHeaders } from '../domain/headers.ts';
import type { Answer, Neighbours } from '../domain/neighbours.ts';
import { checkParameters } from '../domain/request-target.ts';
import type { Neighbour, Route } from '../domain/routing-table.ts';
import type { ClientOf } from '../middleware/client.ts';
import { targetOf } from '../middleware/target.ts';
import { withCookie } from '../middleware/viewer.ts';
import { bodyOf } from './request-body.ts';

export interface ForwardOptions {
  neighbours: Neighbours;
  clientOf: ClientOf;
  /** A token that tells the neighbour which viewer is calling. */
  tokenFor(viewerId: string): Promise<string>;
  uploadMaxBytes: number;
  /** How long a viewer's connection may take no byte in the middle of an answer. */
  stallSeconds: number;
}

const jsonMaxBytes = 64 * 1024;

/** Passes requests of `route` on to its neighbour and the answers back, both as they come. */
export function forward(route: Route & { service: Neighbour }, options: ForwardOptions): RequestHandler {
  const maxBytes = route.maxBodyBytes ?? (route.lane === 'bytes' ? options.uploadMaxBytes : jsonMaxBytes);
  const takesBody = ['POST', 'PUT', 'PATCH'].includes(route.method);

  return async (req, res) => {
    checkParameters(req.params as Record<string, string>);
    const body = takesBody ? bodyOf(req, maxBytes) : undefined;
    const token = await options.tokenFor(viewerOf(req));
    const left = new AbortController();
    res.once('close', () => left.abort());
    if (res.destroyed) return;
    const { path, query } = targetOf(req);
    const answer = await options.neighbours.call(route.service, {
      method: req.method,
      target: path + query,
      headers: requestHeaders(req.headers, {
        hasBody: body !== undefined,
        client: options.clientOf(req),
        token,
      }),
      ...(body === undefined ? {} : { body }),
      lane: route.lane,
      signal: left.signal,
    });
    await passOn(answer, req, res, left.signal, options.stallSeconds);
  };
}

async function passOn(
  answer: Answer,
  req: Request,
  res: Response,
  signal: AbortSignal,
  stallSeconds: number,
): Promise<void> {
  const { status, headers, body } = answer;
  if (!isPresentable(answer)) {
    // Without a listener, the error that it breaks off with would end the process.
    body.on('error', () => undefined).destroy();
    throw new DomainError('bad-neighbour', 'A part of FlixTube gave an answer that makes no sense. Please try again.', {
      cause: new Error(
        `${req.method} ${targetOf(req).path} was answered with ${status} ${headers['content-type'] ?? ''}`,
      ),
    });
  }
  const passed = responseHeaders(headers);
  passed['cache-control'] = withCookie(res, String(passed['cache-control'] ?? 'no-store'));
  // Beside the one that may have been set here.
  const { 'set-cookie': cookies, ...others } = passed;
  if (cookies !== undefined) res.append('Set-Cookie', cookies);
  res.writeHead(status, others);
  res.setTimeout(stallSeconds * 1000, () => res.destroy());
  // pipeline alone listens to seven closings of its own; Node takes that many for a leak.
  res.setMaxListeners(32);
  await pipeline(body, res, { signal });
}

/** Errors are problem+json from every service; 401 would mean that it does not believe us, not the viewer. */
function isPresentable({ status, headers }: Answer): boolean {
  if (status === 401) return false;
  return status < 400 || String(headers['content-type']).startsWith('application/problem+json');
}
