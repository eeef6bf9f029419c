import { DomainError } from '@flixtube/chassis/errors';
import { readBody } from '@flixtube/chassis/http';
import type { Request } from 'express';

/** Reads a whole body of one of these types. @throws DomainError 'unsupported-type', 'too-large', 'invalid' without one */
export async function textBody(req: Request, types: readonly string[], maxBytes: number): Promise<Buffer> {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = req.headers;
  if (!types.includes((type.split(';')[0] ?? '').trim().toLowerCase())) {
    throw unsupported('Content-Type', `must be ${types.join(', ')}`);
  }
  if (encoding.toLowerCase() !== 'identity') throw unsupported('Content-Encoding', 'must not be given');
  const text = await readBody(req, maxBytes);
  if (text.length > 0) return text;
  throw new DomainError('invalid', 'The request needs a text in its body.', {
    errors: [{ path: 'body', message: 'is required' }],
  });
}

function unsupported(path: string, message: string): DomainError {
  return new DomainError('unsupported-type', `${path} ${message}.`, { errors: [{ path, message }] });
}
