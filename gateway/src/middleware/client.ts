import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { type Client, clientBehind } from '../domain/client-address.ts';

/** Finds out who is at the other end of a request. */
export type ClientOf = (req: IncomingMessage) => Client;

export function createClientOf(trustedProxies: number): ClientOf {
  return ({ headers, socket }) =>
    clientBehind(
      {
        address: socket.remoteAddress ?? '',
        encrypted: (socket as TLSSocket).encrypted === true,
        host: headers.host,
        forwardedFor: single(headers['x-forwarded-for']),
        forwardedProto: single(headers['x-forwarded-proto']),
        forwardedHost: single(headers['x-forwarded-host']),
      },
      trustedProxies,
    );
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}
