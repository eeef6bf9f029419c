import type { IncomingHttpHeaders } from 'node:http';

/** What a representation is compared by (RFC 9110 §8.8). */
export interface Validators {
  /** An entity tag as it goes on the wire, with its quotes. */
  etag: string;
  /** In milliseconds, whole seconds; undefined when not known. */
  lastModified: number | undefined;
}

export type Verdict = 'perform' | 'not-modified' | 'failed';

/**
 * Evaluates the preconditions of a GET or HEAD in the order of RFC 9110 §13.2.2, steps 1 to 4.
 * A field that cannot be read as an entity-tag list matches nothing; a date that is none is ignored (§13.1.3, §13.1.4).
 */
export function evaluatePreconditions(headers: IncomingHttpHeaders, validators: Validators): Verdict {
  const { lastModified } = validators;
  const ifMatch = headers['if-match'];
  const ifUnmodifiedSince = headers['if-unmodified-since'];
  const ifNoneMatch = headers['if-none-match'];
  const ifModifiedSince = headers['if-modified-since'];

  if (ifMatch !== undefined) {
    if (!matches(ifMatch, validators.etag, 'strong')) return 'failed';
  } else if (ifUnmodifiedSince !== undefined && lastModified !== undefined) {
    const date = parseHttpDate(ifUnmodifiedSince);
    if (date !== undefined && lastModified > date) return 'failed';
  }

  if (ifNoneMatch !== undefined) {
    if (matches(ifNoneMatch, validators.etag, 'weak')) return 'not-modified';
  } else if (ifModifiedSince !== undefined && lastModified !== undefined) {
    const date = parseHttpDate(ifModifiedSince);
    if (date !== undefined && lastModified <= date) return 'not-modified';
  }
  return 'perform';
}

/**
 * Whether the Range of a request may be honoured as far as its If-Range goes (RFC 9110 §13.1.5, §13.2.2 step 5):
 * an entity tag by strong comparison, a date only when it is exactly the Last-Modified.
 */
export function ifRangeHolds(headers: IncomingHttpHeaders, validators: Validators): boolean {
  const ifRange = headers['if-range'];
  if (ifRange === undefined) return true;
  const value = String(ifRange).trim();
  if (value.startsWith('"') || value.startsWith('W/')) {
    const tags = parseEntityTags(value);
    return tags.length === 1 && tags[0] === validators.etag && !validators.etag.startsWith('W/');
  }
  const date = parseHttpDate(value);
  return date !== undefined && date === validators.lastModified;
}

/** `*` stands for any current representation, and one is at hand (§13.1.1, §13.1.2). */
function matches(field: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  if (field.trim() === '*') return true;
  const tags = parseEntityTags(field);
  if (comparison === 'weak') return tags.some((tag) => opaque(tag) === opaque(etag));
  return !etag.startsWith('W/') && tags.includes(etag);
}

function opaque(etag: string): string {
  return etag.startsWith('W/') ? etag.slice(2) : etag;
}

/** `#entity-tag` (§8.8.3): tags may hold commas, empty elements are ignored (§5.6.1.2); malformed gives no tag at all. */
function parseEntityTags(field: string): string[] {
  const element = /[ \t]*(?:((?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")[ \t]*)?(?:,|$)/y;
  const tags: string[] = [];
  while (element.lastIndex < field.length) {
    const match = element.exec(field);
    if (match === null) return [];
    if (match[1] !== undefined) tags.push(match[1]);
  }
  return tags;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const TIME = '(?<hour>\\d{2}):(?<minute>\\d{2}):(?<second>\\d{2})';
const MONTH = `(?<month>${MONTHS.join('|')})`;
const DATE_FORMATS = [
  new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\\d{2}) ${MONTH} (?<year>\\d{4}) ${TIME} GMT$`),
  new RegExp(`^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\\d{2})-${MONTH}-(?<year>\\d{2}) ${TIME} GMT$`),
  new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${MONTH} (?<day>\\d{2}| \\d) ${TIME} (?<year>\\d{4})$`),
];

/**
 * Reads an HTTP-date in any of the three formats that a recipient must accept (RFC 9110 §5.6.7).
 * @returns milliseconds since 1970, or undefined when it is none.
 */
export function parseHttpDate(text: string, now: number = Date.now()): number | undefined {
  for (const format of DATE_FORMATS) {
    const groups = format.exec(text)?.groups;
    if (groups === undefined) continue;
    const [day, hour, minute, second] = [groups.day, groups.hour, groups.minute, groups.second].map(Number) as [
      number,
      number,
      number,
      number,
    ];
    const month = MONTHS.indexOf(groups.month as string);
    const year = fullYear(groups.year as string, now);
    // A second of 60 is a leap second (§5.6.7).
    const real = day >= 1 && day <= daysIn(year, month) && hour < 24 && minute < 60 && second <= 60;
    return real ? Date.UTC(year, month, day, hour, minute, second) : undefined;
  }
  return undefined;
}

/** A two-digit year that seems to be more than 50 years in the future is the last one with those digits (§5.6.7). */
function fullYear(year: string, now: number): number {
  if (year.length === 4) return Number(year);
  const thisYear = new Date(now).getUTCFullYear();
  const guess = thisYear - (thisYear % 100) + Number(year);
  return guess > thisYear + 50 ? guess - 100 : guess;
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
}
