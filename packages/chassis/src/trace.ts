import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

/** Where this work belongs, after W3C Trace Context: the trace's id, this hop's span, and the header for the next hop. */
export interface Trace {
  /** 32 lowercase hex digits. */
  readonly traceId: string;
  /** 16 lowercase hex digits. */
  readonly spanId: string;
  /** What the next hop gets as `traceparent`. */
  readonly traceparent: string;
}

const storage = new AsyncLocalStorage<Trace>();

const format = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const noTrace = '0'.repeat(32);
const noSpan = '0'.repeat(16);

/** Reads a `traceparent` header; undefined when it is missing or malformed, so that a new trace is begun. */
export function parseTraceparent(
  header: string | undefined,
): { traceId: string; parentId: string; sampled: boolean } | undefined {
  const [, version, traceId, parentId, flags, rest] = header?.match(format) ?? [];
  if (version === undefined || traceId === undefined || parentId === undefined || flags === undefined) return undefined;
  if (version === 'ff' || traceId === noTrace || parentId === noSpan) return undefined;
  // Trace Context §3.2.2: only a later version may have more fields after the flags.
  if (version === '00' && rest !== undefined) return undefined;
  return { traceId, parentId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The trace of the work that is running now, or undefined outside of any. */
export function currentTrace(): Trace | undefined {
  return storage.getStore();
}

/**
 * Runs `fn`, and all that it starts, as a new span: of the caller's trace when `traceparent` is well-formed, of a new
 * one otherwise.
 */
export function runInTrace<T>(traceparent: string | undefined, fn: () => T): T {
  const parent = parseTraceparent(traceparent);
  const traceId = parent?.traceId ?? newHex(16);
  const spanId = newHex(8);
  const flags = (parent?.sampled ?? true) ? '01' : '00';
  return storage.run({ traceId, spanId, traceparent: `00-${traceId}-${spanId}-${flags}` }, fn);
}

function newHex(bytes: number): string {
  for (;;) {
    const hex = randomBytes(bytes).toString('hex');
    if (/[^0]/.test(hex)) return hex;
  }
}
