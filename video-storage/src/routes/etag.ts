import type { ObjectFacts } from '../domain/object-store.ts';

/** A strong entity tag (RFC 9110 §8.8.3): it is made of the bytes themselves. */
export function etagOf({ sha256 }: Pick<ObjectFacts, 'sha256'>): string {
  return `"${sha256}"`;
}
