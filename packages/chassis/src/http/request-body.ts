import type { IncomingMessage } from 'node:http';

/** Whether a body comes with this request (RFC 9112 §6.3: by its framing, whatever its method). */
export function hasBody(req: IncomingMessage): boolean {
  return req.headers['transfer-encoding'] !== undefined || declaredLength(req) > 0;
}

/** The length that was announced, in bytes; 0 without a body, infinite when it is sent in chunks. */
export function declaredLength(req: IncomingMessage): number {
  if (req.headers['transfer-encoding'] !== undefined) return Number.POSITIVE_INFINITY;
  return Number(req.headers['content-length'] ?? 0);
}
