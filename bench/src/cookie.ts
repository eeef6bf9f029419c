import type { IncomingHttpHeaders } from 'node:http';

/** What a browser sends back of the cookies that an answer sets; empty when it sets none. */
export function cookieOf(headers: IncomingHttpHeaders): string {
  const set = [headers['set-cookie'] ?? []].flat();
  return set.map((one) => one.split(';', 1)[0]).join('; ');
}
