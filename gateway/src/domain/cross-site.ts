/** What a browser says about where a request comes from, and where it goes. */
export interface RequestOrigin {
  method: string;
  /** X-HTTP-Method-Override (tus 1.0.0): what a service may take for the method. */
  override: string | undefined;
  /** Sec-Fetch-Site (Fetch Metadata), which a page can't set itself. */
  fetchSite: string | undefined;
  /** Origin (RFC 6454 §7). */
  origin: string | undefined;
  /** `host[:port]` that the browser believes to talk to. */
  host: string | undefined;
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/**
 * Whether a page of another site makes the visitor's browser change something here with the visitor's cookie. SameSite
 * on the cookie is the first fence, this is the second: it also holds off other ports and subdomains, which are the
 * same site. What sends neither field is no browser that anyone could abuse.
 */
export function isCrossSite({ method, override, fetchSite, origin, host }: RequestOrigin): boolean {
  if (safeMethods.has(method) && override === undefined) return false;
  if (fetchSite !== undefined) return fetchSite !== 'same-origin' && fetchSite !== 'none';
  if (origin === undefined) return false;
  return !URL.canParse(origin) || host === undefined || new URL(origin).host !== hostOf(host, origin);
}

/** Without the port that goes without saying, as URL's own `host`. */
function hostOf(host: string, origin: string): string | undefined {
  const url = `${new URL(origin).protocol}//${host}`;
  return URL.canParse(url) ? new URL(url).host : undefined;
}
