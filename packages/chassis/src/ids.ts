import { v7 } from 'uuid';

/** A new UUIDv7 (RFC 9562 §5.7): ids sort by the time they were made, also within a millisecond of one process. */
export function newId(): string {
  return v7();
}

/** When a UUIDv7 was made, to the millisecond: its first 48 bits. */
export function timeOf(id: string): Date {
  return new Date(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16));
}
