const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const isoTime = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/;
/** Whose they are, not what they are about. */
const ofPeople = /^(owner|viewer|user|session)Id$/;
/** Strings that are of a kind, not anybody's words. */
const ofAKind = new Set([
  ...['specversion', 'type', 'source', 'datacontenttype', 'kind', 'state', 'status', 'visibility'],
  ...['contentType', 'key', 'manifest', 'sha256', 'language', 'codecs'],
]);

/**
 * The body of a message as an operator may read it: its shape, numbers, times, ids of things, and words of a fixed
 * list; people's ids and texts only by their length.
 */
export function redacted(content: Buffer): unknown {
  let body: unknown;
  try {
    body = JSON.parse(content.toString('utf8'));
  } catch {
    return `not JSON, ${content.length} bytes`;
  }
  return shown('', body);
}

function shown(name: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => shown(name, item));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(key, item)]));
  if (typeof value !== 'string') return value;
  if (!ofPeople.test(name) && (uuid.test(value) || isoTime.test(value) || ofAKind.has(name))) return value;
  return `(${value.length} characters)`;
}
