import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { DomainError } from './errors.ts';
import { lengthOf, type Part, sendContent } from './representation-body.ts';
import { evaluatePreconditions, ifRangeHolds, type Validators } from './representation-conditions.ts';
import { type ByteRange, planRanges } from './representation-ranges.ts';

export type { ByteRange } from './representation-ranges.ts';

/** The selected representation of a resource (RFC 9110 §3.2): all that is needed to answer a GET or HEAD of it. */
export interface Representation {
  sizeBytes: number;
  contentType: string;
  /** A strong entity tag, with its quotes: it changes whenever a byte does (§8.8.1). */
  etag: string;
  /** Give it only where no two versions can share a second, as with write-once objects: If-Range trusts it (§8.8.2.2). */
  lastModified?: Date;
  cacheControl?: string;
  /** Further fields of the answer; those that describe the representation are left out of a 304. */
  headers?: Record<string, string>;
  /**
   * Opens the bytes of `range`, both ends included; never called for an empty one. It rejects with a DomainError when
   * they cannot be had, delivers just as many bytes as were asked for, and lets go of all it holds when the stream is
   * destroyed or `signal` aborts.
   */
  read(range: ByteRange, signal: AbortSignal): Promise<Readable>;
}

export interface SendOptions {
  /**
   * How long the client's connection may take no byte at all before it is cut, in seconds. A paused player stops
   * reading for minutes and comes back by a range when its connection is gone; a dead one never does, and each holds
   * a connection and its buffers at every hop.
   */
  stallSeconds?: number;
}

const DEFAULT_STALL_SECONDS = 120;

/**
 * Answers a GET or HEAD by RFC 9110: conditional requests (§13), ranges (§14), validators (§8.8). 304, 412, 416 and
 * HEAD read nothing; every range is read once, one after another.
 *
 * Nothing is sent before the first byte is there. A client who leaves aborts the reading at once, and the promise
 * resolves. A reader that breaks off, or delivers another number of bytes than it should, ends the connection at once
 * so that no short body looks whole, and the promise rejects.
 *
 * @throws DomainError precondition-failed, range-not-satisfiable, bad-neighbour when the reader delivered too little
 * or too much, and whatever `representation.read` rejects with.
 */
export async function sendRepresentation(
  req: IncomingMessage,
  res: ServerResponse,
  representation: Representation,
  options: SendOptions = {},
): Promise<void> {
  const validators = { etag: representation.etag, lastModified: lastModifiedOf(representation) };
  const verdict = evaluatePreconditions(req.headers, validators);
  if (verdict === 'failed') {
    res.setHeader('ETag', representation.etag);
    throw new DomainError(
      'precondition-failed',
      'What is here now is not what you have. Ask for it again without the condition.',
    );
  }
  if (verdict === 'not-modified') {
    res.writeHead(304, describe(representation, validators, 'not-modified')).end();
    return;
  }
  const answer = select(req, res, representation, validators);
  const [first, ...others] = answer.parts;
  if (req.method === 'HEAD' || first === undefined) {
    res.writeHead(answer.status, answer.headers).end();
    return;
  }
  await sendContent(res, {
    ...answer,
    parts: [first, ...others],
    read: (range, signal) => representation.read(range, signal),
    stallMs: (options.stallSeconds ?? DEFAULT_STALL_SECONDS) * 1000,
  });
}

interface Answer {
  status: number;
  headers: Record<string, string | number>;
  parts: Part[];
  tail: string;
}

/** Which bytes, in what wrapping (§15.3.1, §15.3.7). */
function select(
  req: IncomingMessage,
  res: ServerResponse,
  representation: Representation,
  validators: Validators,
): Answer {
  const { sizeBytes, contentType } = representation;
  // Range handling is defined for GET alone; any other method MUST ignore the field (§14.2).
  const range = req.method === 'GET' && ifRangeHolds(req.headers, validators) ? req.headers.range : undefined;
  const boundary = randomBytes(16).toString('hex');
  const partHead = ({ start, end }: ByteRange, delimiter = '\r\n--') =>
    `${delimiter}${boundary}\r\nContent-Type: ${contentType}\r\nContent-Range: bytes ${start}-${end}/${sizeBytes}\r\n\r\n`;
  const plan = planRanges(range, sizeBytes, partHead({ start: sizeBytes, end: sizeBytes }).length);

  if (plan.kind === 'unsatisfiable') {
    res.setHeader('Content-Range', `bytes */${sizeBytes}`);
    res.setHeader('ETag', representation.etag);
    throw new DomainError('range-not-satisfiable', `The Range field ${plan.reason}.`, {
      errors: [{ path: 'Range', message: plan.reason }],
    });
  }
  if (plan.kind === 'whole') {
    const headers = { ...describe(representation, validators, 'content'), 'Content-Length': sizeBytes };
    const parts = sizeBytes === 0 ? [] : [{ head: '', range: { start: 0, end: sizeBytes - 1 } }];
    return { status: 200, headers, parts, tail: '' };
  }
  const headers = describe(representation, validators, req.headers['if-range'] === undefined ? 'content' : 'known');
  const [first, ...others] = plan.ranges;
  if (others.length === 0) {
    // Never multipart for a single range; and one that is left after coalescing need not be (§15.3.7.2).
    headers['Content-Range'] = `bytes ${first.start}-${first.end}/${sizeBytes}`;
    headers['Content-Length'] = lengthOf(first);
    return { status: 206, headers, parts: [{ head: '', range: first }], tail: '' };
  }
  const parts = plan.ranges.map((each, i) => ({ head: partHead(each, i === 0 ? '--' : '\r\n--'), range: each }));
  const tail = `\r\n--${boundary}--\r\n`;
  headers['Content-Type'] = `multipart/byteranges; boundary=${boundary}`;
  headers['Content-Length'] = parts.reduce((sum, part) => sum + part.head.length + lengthOf(part.range), tail.length);
  return { status: 206, headers, parts, tail };
}

const REPRESENTATION_METADATA = new Set(['content-encoding', 'content-language', 'content-disposition']);

/**
 * The fields that go with an answer.
 * - `content`: all.
 * - `known`: 206 to an If-Range: the client has the others from before (§15.3.7); the type stays, for who judges by it.
 * - `not-modified`: none that describes the representation, but those which guide a cache (§15.4.5).
 */
function describe(
  { contentType, cacheControl, headers = {} }: Representation,
  { etag, lastModified }: Validators,
  purpose: 'content' | 'known' | 'not-modified',
): Record<string, string | number> {
  const fields: Record<string, string | number> = { ETag: etag };
  if (cacheControl !== undefined) fields['Cache-Control'] = cacheControl;
  if (purpose !== 'not-modified') {
    fields['Accept-Ranges'] = 'bytes';
    fields['Content-Type'] = contentType;
  }
  if (purpose === 'content' && lastModified !== undefined) {
    fields['Last-Modified'] = new Date(lastModified).toUTCString();
  }
  for (const [name, value] of Object.entries(headers)) {
    if (purpose === 'content' || !REPRESENTATION_METADATA.has(name.toLowerCase())) fields[name] = value;
  }
  return fields;
}

/** In whole seconds, as on the wire, and never later than this answer itself (§8.8.2.1). */
function lastModifiedOf({ lastModified }: Representation): number | undefined {
  return lastModified && Math.floor(Math.min(lastModified.getTime(), Date.now()) / 1000) * 1000;
}
