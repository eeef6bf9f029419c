import { setCaller } from '@flixtube/chassis/identity';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { Request, Response } from 'express';
import { renewAfterSeconds, type Viewers, viewerLifetimeSeconds } from '../domain/viewers.ts';
import type { ClientOf } from './client.ts';

const plainName = 'flixtube-viewer';
/** Browsers take this name only with Secure, from this very host (RFC 6265bis §4.1.3.2): no subdomain can plant it. */
const hostName = `__Host-${plainName}`;

/** Finds out which viewer sends a request, and gives one to whom has none; afterwards `viewerOf(req)` says who. */
export type RecogniseViewer = (req: Request, res: Response) => Promise<void>;

export function createRecogniseViewer(viewers: Viewers, clientOf: ClientOf): RecogniseViewer {
  return async (req, res) => {
    const secure = clientOf(req).scheme === 'https';
    const name = secure ? hostName : plainName;
    const pass = parseCookie(req.headers.cookie ?? '')[name];
    const known = pass === undefined ? undefined : await viewers.recognise(pass);
    const viewerId = known?.viewerId ?? viewers.newViewer();
    setCaller(req, { kind: 'viewer', id: viewerId });
    if (known !== undefined && known.ageSeconds < renewAfterSeconds) return;
    const cookie = stringifySetCookie({
      name,
      value: await viewers.pass(viewerId),
      httpOnly: true,
      sameSite: 'lax',
      path: '/',
      maxAge: viewerLifetimeSeconds,
      secure,
    });
    res.append('Set-Cookie', cookie);
  };
}

/** `cacheControl` as it may be where the answer also sets a cookie, which is for one visitor alone (RFC 9111 §7.3). */
export function withCookie(res: Response, cacheControl: string): string {
  if (!res.hasHeader('Set-Cookie') || /\bno-store\b|\bprivate\b/i.test(cacheControl)) return cacheControl;
  const others = cacheControl
    .split(',')
    .map((directive) => directive.trim())
    .filter((directive) => directive !== '' && !/^(public|s-maxage)\b/i.test(directive));
  return ['private', ...others].join(', ');
}
