/** Who is at the other end, and what they believe to talk to. */
export interface Client {
  address: string;
  scheme: 'http' | 'https';
  /** `host[:port]`; undefined in HTTP/1.0. */
  host: string | undefined;
}

export interface Connection {
  address: string;
  encrypted: boolean;
  host: string | undefined;
  /** X-Forwarded-For, -Proto and -Host as they came. */
  forwardedFor: string | undefined;
  forwardedProto: string | undefined;
  forwardedHost: string | undefined;
}

/**
 * Looks through as many reverse proxies as there are known to be. Each adds to the end of X-Forwarded-For who it was
 * called by, so the entry that many places from the end was written by the outermost of ours; what stands before it,
 * anyone may have sent. Without a proxy nothing of it is believed.
 */
export function clientBehind(connection: Connection, trustedProxies: number): Client {
  const own = {
    address: connection.address,
    scheme: connection.encrypted ? 'https' : 'http',
    host: connection.host,
  } as const;
  if (trustedProxies === 0) return own;
  const scheme = fromEnd(connection.forwardedProto, trustedProxies)?.toLowerCase();
  return {
    address: fromEnd(connection.forwardedFor, trustedProxies) ?? own.address,
    scheme: scheme === 'https' || scheme === 'http' ? scheme : own.scheme,
    host: fromEnd(connection.forwardedHost, trustedProxies) ?? own.host,
  };
}

/** The entry `places` from the end, or the first where a proxy has set the field rather than added to it. */
function fromEnd(list: string | undefined, places: number): string | undefined {
  const entries = (list ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  return entries.at(-places) ?? entries[0];
}
