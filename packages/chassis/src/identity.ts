import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { Secret } from './config.ts';
import { DomainError } from './errors.ts';
import { currentTrace } from './trace.ts';

/** Who calls: a viewer, by the id in their cookie, or one of our own services, by its name. */
export type Caller = { kind: 'viewer'; id: string } | { kind: 'service'; name: string };

/** The header in which the caller's signed identity travels between gateway and services. */
export const identityHeader = 'x-flixtube-identity';

export interface IdentityVerifier {
  /** @throws DomainError 'unauthenticated' for a token that is forged, expired or not ours */
  verify(token: string): Promise<Caller>;
}

export interface Identity extends IdentityVerifier {
  /** A token that says for 60 s that `caller` is calling. */
  issue(caller: Caller): Promise<string>;
  /** Headers for a call to a neighbour in this service's own name: its identity (cached) and `traceparent`. */
  serviceHeaders(): Promise<Record<string, string>>;
}

const issuer = 'flixtube';
const audience = 'flixtube';
const lifetimeSeconds = 60;
/** A cached token is used until this long before its end, so that it does not expire on its way. */
const renewBeforeSeconds = 20;
const clockToleranceSeconds = 5;
const mostVerified = 1_000;

/**
 * Issues and verifies identities, as JWTs signed with HS256 (RFC 7519, RFC 8725).
 *
 * @param options.secret signs them; the same one in every service
 * @param options.service this service's name, for its own calls
 */
export function createIdentity(options: { secret: Secret; service: string }): Identity {
  const key = crypto.subtle.importKey(
    'raw',
    new TextEncoder().encode(options.secret.reveal()),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign', 'verify'],
  );
  // Checking a signature costs a trip to a thread; a caller sends the same token for most of its life.
  const verified = new Map<string, { caller: Caller; until: number }>();
  let own: { token: Promise<string>; renewAt: number } | undefined;

  async function issue(caller: Caller): Promise<string> {
    return new SignJWT({ kind: caller.kind })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(caller.kind === 'viewer' ? caller.id : caller.name)
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(`${lifetimeSeconds}s`)
      .sign(await key);
  }

  return {
    issue,

    async verify(token) {
      const known = verified.get(token);
      if (known !== undefined && Date.now() < known.until) return known.caller;
      verified.delete(token);
      try {
        const { payload } = await jwtVerify(token, await key, {
          algorithms: ['HS256'],
          issuer,
          audience,
          clockTolerance: clockToleranceSeconds,
          requiredClaims: ['sub', 'exp'],
        });
        const caller = callerFrom(payload);
        if (verified.size >= mostVerified) verified.delete(verified.keys().next().value ?? '');
        verified.set(token, { caller, until: (payload.exp ?? 0) * 1000 });
        return caller;
      } catch (error) {
        if (error instanceof errors.JOSEError) {
          throw new DomainError('unauthenticated', 'The identity sent with this request is not valid or has expired.', {
            cause: error,
          });
        }
        throw error;
      }
    },

    async serviceHeaders() {
      if (own === undefined || Date.now() >= own.renewAt) {
        own = {
          token: issue({ kind: 'service', name: options.service }),
          renewAt: Date.now() + (lifetimeSeconds - renewBeforeSeconds) * 1000,
        };
      }
      const trace = currentTrace();
      return {
        [identityHeader]: await own.token,
        ...(trace === undefined ? {} : { traceparent: trace.traceparent }),
      };
    },
  };
}

function callerFrom(claims: { sub?: string; kind?: unknown }): Caller {
  const { sub, kind } = claims;
  if (typeof sub === 'string' && sub !== '') {
    if (kind === 'viewer') return { kind, id: sub };
    if (kind === 'service') return { kind, name: sub };
  }
  throw new DomainError('unauthenticated', 'The identity sent with this request does not say who is calling.');
}

// Beside the request and not on it, so that no other middleware can set it by accident.
const callers = new WeakMap<IncomingMessage, Caller>();

/** Remembers who sent this request; for the door that found it out. */
export function setCaller(req: IncomingMessage, caller: Caller): void {
  callers.set(req, caller);
}

/** Who sent this request, or undefined when it carried no identity. */
export function callerOf(req: IncomingMessage): Caller | undefined {
  return callers.get(req);
}

/**
 * The id of the viewer who sent this request.
 *
 * @throws DomainError 'unauthenticated' without an identity, 'forbidden' for a service, which watches nothing itself
 */
export function viewerOf(req: IncomingMessage): string {
  const caller = callers.get(req);
  if (caller === undefined) throw new DomainError('unauthenticated', 'This address needs to know who is calling.');
  if (caller.kind !== 'viewer') throw new DomainError('forbidden', 'This address is for viewers only.');
  return caller.id;
}

/** Lets only our own services through: 401 without an identity, 403 for a viewer. */
export function requireService(): RequestHandler {
  return (req, _res, next) => {
    const caller = callers.get(req);
    if (caller === undefined) throw new DomainError('unauthenticated', 'This address needs to know who is calling.');
    if (caller.kind !== 'service')
      throw new DomainError('forbidden', 'This address is for FlixTube’s own services only.');
    next();
  };
}

/** Middleware: finds out who is calling. A request without an identity goes on without; a wrong one ends with 401. */
export function identify(verifier: IdentityVerifier): RequestHandler {
  return async (req, _res, next) => {
    const token = req.get(identityHeader);
    if (token !== undefined) setCaller(req, await verifier.verify(token));
    next();
  };
}
