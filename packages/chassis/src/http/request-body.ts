import type { IncomingMessage } from 'node:http';
import { DomainError } from '../errors.ts';

/** Whether a body comes with this request (RFC 9112 §6.3: by its framing, whatever its method). */
export function hasBody(req: IncomingMessage): boolean {
  return req.headers['transfer-encoding'] !== undefined || declaredLength(req) > 0;
}

/** The length that was announced, in bytes; 0 without a body, infinite when it is sent in chunks. */
export function declaredLength(req: IncomingMessage): number {
  if (req.headers['transfer-encoding'] !== undefined) return Number.POSITIVE_INFINITY;
  return Number(req.headers['content-length'] ?? 0);
}

/**
 * A small body, whole. Not by Express's own parsers: on a body above their limit they read on to the end, however far it
 * is, before they answer.
 *
 * @throws DomainError 'too-large' above `maxBytes`, before a byte is read where Content-Length says so
 */
export async function readBody(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const message = `must not be larger than ${maxBytes} bytes`;
  const tooLarge = () => new DomainError('too-large', `The body ${message}.`, { errors: [{ path: 'body', message }] });
  const declared = declaredLength(req);
  if (Number.isFinite(declared) && declared > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}
