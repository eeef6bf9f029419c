import { createHash } from 'node:crypto';
import { z } from 'zod';
import { DomainError } from './errors.ts';

/**
 * An opaque cursor: base64url of JSON, [which list, where its page ended].
 *
 * @param list all that makes the list what it is (`videos newest`, its query, whose it is), in any length; the cursor holds
 * a digest of it
 * @param position where the page ended, as JSON
 */
export function encodeCursor(list: string, position: unknown): string {
  return Buffer.from(JSON.stringify([digestOf(list), position])).toString('base64url');
}

/**
 * The position in a cursor of this list.
 *
 * @throws DomainError 'invalid' that names `cursor`, for what is none, or is one of another list
 */
export function decodeCursor<T>(list: string, position: z.ZodType<T>, cursor: string): T {
  const result = z.tuple([z.literal(digestOf(list)), position]).safeParse(jsonOf(cursor));
  if (result.success) return result.data[1];
  const message = 'is not the nextCursor of a page of this list';
  throw new DomainError('invalid', `The cursor ${message}. Start again without one.`, {
    errors: [{ path: 'cursor', message }],
  });
}

function jsonOf(cursor: string): unknown {
  const bytes = Buffer.from(cursor, 'base64url');
  // Node decodes what it can and drops the rest; a cursor that was changed on its way is none of ours.
  if (bytes.toString('base64url') !== cursor) return undefined;
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

function digestOf(list: string): string {
  return createHash('sha256').update(list).digest('base64url').slice(0, 10);
}
