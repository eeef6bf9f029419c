/** A run of bytes; both ends belong to it, as in a Range field. */
export interface ByteRange {
  start: number;
  end: number;
}

export type RangePlan =
  | { kind: 'whole' }
  | { kind: 'parts'; ranges: [ByteRange, ...ByteRange[]] }
  | { kind: 'unsatisfiable'; reason: string };

/**
 * How many separate parts one answer may have. Each is a read of its own behind us, one after another. More of them
 * (after coalescing) is "an excessive request of small or overlapping ranges", which RFC 9110 §15.5.17 lets us reject;
 * ignoring the field (§14.2 allows either) would answer a request for some bytes with all of a large file.
 */
export const MAX_PARTS = 16;

/**
 * What to send for a Range field (RFC 9110 §14).
 *
 * - `whole`: there is none, or one that is to be ignored: an unknown unit (§14.2 MUST), a malformed or invalid set
 *   (§14.2 MAY), no content to take a range of (§14.2 MAY).
 * - `parts`: the satisfiable ranges; those that overlap, touch, or leave a gap smaller than what a further part would
 *   cost on the wire are one (§15.3.7.2), in the order in which each was first asked for.
 * - `unsatisfiable`: none of them begins within the representation, or they are too many.
 *
 * @param partOverheadBytes what a part of a multipart answer costs beside its bytes.
 */
export function planRanges(field: string | undefined, sizeBytes: number, partOverheadBytes: number): RangePlan {
  if (field === undefined || sizeBytes === 0) return { kind: 'whole' };
  const specs = parseByteRanges(field);
  if (specs === undefined) return { kind: 'whole' };
  const satisfiable = specs.map((spec) => resolve(spec, sizeBytes)).filter((range) => range !== undefined);
  const [first, ...others] = coalesce(satisfiable, partOverheadBytes);
  if (first === undefined) {
    return { kind: 'unsatisfiable', reason: `lies outside of the ${sizeBytes} bytes there are` };
  }
  if (others.length >= MAX_PARTS) {
    return { kind: 'unsatisfiable', reason: `asks for more than ${MAX_PARTS} separate parts` };
  }
  return { kind: 'parts', ranges: [first, ...others] };
}

/** `first` undefined: the last `last` bytes. `last` undefined: up to the end. */
interface RangeSpec {
  first: number | undefined;
  last: number | undefined;
}

/** `bytes=` and a list of int-range and suffix-range (§14.1.1); undefined when it isn't one. Units ignore case (§14.1). */
function parseByteRanges(field: string): RangeSpec[] | undefined {
  const unit = /^bytes=/i.exec(field.trimStart());
  if (unit === null) return undefined;
  const set = field.trimStart().slice(unit[0].length);
  const element = /[ \t]*(?:(?:(\d+)-(\d*)|-(\d+))[ \t]*)?(?:,|$)/y;
  const specs: RangeSpec[] = [];
  while (element.lastIndex < set.length) {
    const match = element.exec(set);
    if (match === null) return undefined;
    const [, first, last, suffix] = match;
    if (suffix !== undefined) specs.push({ first: undefined, last: position(suffix) });
    if (first === undefined) continue;
    const spec = { first: position(first), last: last ? position(last) : undefined };
    if (spec.last !== undefined && spec.last < spec.first) return undefined;
    specs.push(spec);
  }
  return specs.length > 0 ? specs : undefined;
}

/** "Recipients MUST anticipate potentially large decimal numerals" (§14.1.2): what is beyond any size is just far out. */
function position(digits: string): number {
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
}

/** The bytes that a spec means in a representation of this size (§14.1.2), if any. */
function resolve({ first, last }: RangeSpec, sizeBytes: number): ByteRange | undefined {
  if (first === undefined) {
    const length = Math.min(last ?? 0, sizeBytes);
    return length === 0 ? undefined : { start: sizeBytes - length, end: sizeBytes - 1 };
  }
  return first < sizeBytes ? { start: first, end: Math.min(last ?? sizeBytes - 1, sizeBytes - 1) } : undefined;
}

function coalesce(ranges: ByteRange[], partOverheadBytes: number): ByteRange[] {
  const byStart = ranges.map((range, order) => ({ ...range, order })).sort((a, b) => a.start - b.start);
  const merged: (ByteRange & { order: number })[] = [];
  for (const range of byStart) {
    const last = merged.at(-1);
    if (last !== undefined && range.start - last.end - 1 < partOverheadBytes) {
      last.end = Math.max(last.end, range.end);
      last.order = Math.min(last.order, range.order);
    } else {
      merged.push(range);
    }
  }
  return merged.sort((a, b) => a.order - b.order).map(({ start, end }) => ({ start, end }));
}
