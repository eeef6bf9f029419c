import { randomFillSync } from 'node:crypto';
import {
  type Attributes,
  context,
  INVALID_SPAN_CONTEXT,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { DomainError } from './errors.ts';

// There is one process, whatever runs in it.
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

/** Where this work belongs, after W3C Trace Context: the trace's id, this hop's span, and the header for the next hop. */
export interface Trace {
  /** 32 lowercase hex digits. */
  readonly traceId: string;
  /** 16 lowercase hex digits. */
  readonly spanId: string;
  /** What the next hop gets as `traceparent`. */
  readonly traceparent: string;
}

/** What a span tells of its work: short words and numbers of ours, never what somebody sent. */
export type SpanFacts = Attributes;

/** What a span is to what called or follows (OpenTelemetry's SpanKind). */
export type Role = 'server' | 'client' | 'producer' | 'consumer' | 'internal';

const kinds: Readonly<Record<Role, SpanKind>> = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
};

const format = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const noTrace = '0'.repeat(32);
const noSpan = '0'.repeat(16);
const unrecorded = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);

let recorder: Tracer | undefined;

/** Has spans recorded from now on; or no longer, when it is undefined (tracing.ts). */
export function recordWith(tracer: Tracer | undefined): void {
  recorder = tracer;
}

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
  const current = trace.getSpanContext(context.active());
  if (current === undefined) return undefined;
  const { traceId, spanId, traceFlags } = current;
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-0${traceFlags & TraceFlags.SAMPLED}` };
}

/**
 * Runs `fn`, and all that it starts, within the caller's trace when `traceparent` is well-formed, and in a new one
 * otherwise. Nothing of it is recorded; its log lines and answers name the trace all the same.
 */
export function runInTrace<T>(traceparent: string | undefined, fn: () => T): T {
  const parent = parseTraceparent(traceparent);
  const { traceId, spanId } = newIds();
  const traceFlags = parent?.sampled === true ? TraceFlags.SAMPLED : TraceFlags.NONE;
  const hop = { traceId: parent?.traceId ?? traceId, spanId, traceFlags };
  return context.with(trace.setSpanContext(ROOT_CONTEXT, hop), fn);
}

/**
 * Runs `fn`, and all that it starts, as a span that work comes in by: a request, a message. `fn` has to end the span.
 *
 * @param o.traceparent of who sent it; a new trace is begun without
 * @param o.alsoOf more of them, where work comes for several at once
 */
export function enter<T>(
  name: string,
  o: { role: Role; traceparent: string | undefined; alsoOf?: (string | undefined)[]; facts?: SpanFacts },
  fn: (span: Span) => T,
): T {
  if (recorder === undefined) return runInTrace(o.traceparent, () => fn(unrecorded));
  const parent = remote(o.traceparent);
  const within = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
  const links = (o.alsoOf ?? []).flatMap((traceparent) => remote(traceparent) ?? []).map((one) => ({ context: one }));
  const span = recorder.startSpan(name, { kind: kinds[o.role], attributes: o.facts ?? {}, links }, within);
  return context.with(trace.setSpan(within, span), () => fn(span));
}

/** {@link enter} for work that is a promise: the span ends with it, as failed when it rejects. */
export function entered<T>(name: string, o: Parameters<typeof enter>[1], work: (span: Span) => Promise<T>): Promise<T> {
  return enter(name, o, (span) => ending(span, work));
}

/**
 * Does `work` as a span of the trace that is running; outside of one that is recorded it just does it. The span ends with
 * it, as failed when it rejects.
 */
export function spanned<T>(
  name: string,
  o: { role?: Role; facts?: SpanFacts },
  work: (span: Span) => Promise<T>,
): Promise<T> {
  if (recorder === undefined || trace.getActiveSpan()?.isRecording() !== true) return work(unrecorded);
  const active = context.active();
  const span = recorder.startSpan(name, { kind: kinds[o.role ?? 'internal'], attributes: o.facts ?? {} }, active);
  return context.with(trace.setSpan(active, span), () => ending(span, work));
}

/**
 * Marks a span as failed, by what kind of error it was: its words may hold what nobody should read here.
 */
export function failed(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', typeOf(error));
}

async function ending<T>(span: Span, work: (span: Span) => Promise<T>): Promise<T> {
  try {
    return await work(span);
  } catch (error) {
    failed(span, error);
    throw error;
  } finally {
    span.end();
  }
}

function typeOf(error: unknown): string {
  if (typeof error === 'string') return error;
  if (error instanceof DomainError) return error.kind;
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  if (typeof code === 'string' || typeof code === 'number') return String(code);
  return typeof name === 'string' ? name : 'unknown';
}

function remote(traceparent: string | undefined): SpanContext | undefined {
  const parent = parseTraceparent(traceparent);
  if (parent === undefined) return undefined;
  const { traceId, parentId: spanId, sampled } = parent;
  return { traceId, spanId, traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE, isRemote: true };
}

// Many at a time: asking the system for each costs more than all the rest of it.
const idBytes = 24;
const pool = Buffer.allocUnsafe(idBytes * 128);
let used = pool.length;

function newIds(): { traceId: string; spanId: string } {
  for (;;) {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    const hex = pool.toString('hex', used, used + idBytes);
    used += idBytes;
    const [traceId, spanId] = [hex.slice(0, 32), hex.slice(32)];
    if (traceId !== noTrace && spanId !== noSpan) return { traceId, spanId };
  }
}
