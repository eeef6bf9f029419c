import { DomainError } from '@flixtube/chassis/errors';

/** What a request asks for (RFC 9112 §3.2), as it came: nothing is decoded, so nothing can be decoded twice. */
export interface RequestTarget {
  /** Begins with a slash, percent-encoded as it came. */
  path: string;
  /** The parts of the path between its slashes; `['']` for `/`. */
  segments: string[];
  /** With its question mark; empty when there is none. */
  query: string;
  /** Which part of the site: the public API, the web app, or names that no one outside may reach. */
  area: 'api' | 'web' | 'closed';
}

/** Longer ones are of no use to anyone here: the longest is a UUID. */
const maxParameterLength = 200;

/**
 * Reads a request target in origin-form or absolute-form; of the latter (§3.2.2) just the path counts, so that the
 * gateway never becomes a proxy to elsewhere.
 *
 * A path that some later reader could take for another one is refused and not put right: dot segments, empty segments,
 * encoded slashes and backslashes, control characters. So what is checked here is what every service sees.
 *
 * @throws DomainError 'invalid'
 */
export function parseRequestTarget(target: string): RequestTarget {
  const relative = target.replace(/^https?:\/\/[^/?#]*/i, '');
  const [, path = '', query = ''] = /^([^?]*)(\?.*)?$/s.exec(relative) ?? [];
  const plainPath = path === '' && relative !== target ? '/' : path;
  if (!/^[\x21-\x7e]*$/.test(relative) || relative.includes('#')) {
    throw malformed('must not contain spaces, #, control characters or anything but ASCII');
  }
  if (!plainPath.startsWith('/')) throw malformed('must begin with a slash');
  const segments = plainPath.slice(1).split('/');
  const decoded = segments.map(decode);
  if (plainPath !== '/' && segments.slice(0, -1).includes('')) throw malformed('must not contain an empty segment');
  if (decoded.some((segment) => segment === '.' || segment === '..')) throw malformed('must not contain . or ..');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  if (decoded.some((segment) => /[\u0000-\u001f\u007f/\\]/.test(segment))) {
    throw malformed('must not contain slashes, backslashes or control characters, encoded or not');
  }
  return { path: plainPath, segments, query, area: areaOf(decoded[0] as string, segments[0] as string) };
}

/** Refuses a parameter of a path that can be no id, by its name. @throws DomainError 'invalid' */
export function checkParameters(params: Record<string, string>): void {
  for (const [name, value] of Object.entries(params)) {
    const message = value === '' ? 'must not be empty' : value.length > maxParameterLength ? 'is too long' : undefined;
    if (message !== undefined)
      throw new DomainError('invalid', `${name} ${message}.`, { errors: [{ path: name, message }] });
  }
}

/** Names are compared without case, so that `/API` and `/Internal` are closed too, whatever a service makes of them. */
function areaOf(decoded: string, raw: string): RequestTarget['area'] {
  if (raw === 'api') return 'api';
  return ['api', 'internal', 'health', 'metrics'].includes(decoded.toLowerCase()) ? 'closed' : 'web';
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw malformed('must be percent-encoded UTF-8', cause);
  }
}

function malformed(message: string, cause?: unknown): DomainError {
  return new DomainError('invalid', `The path of this request ${message}.`, {
    errors: [{ path: 'path', message }],
    cause,
  });
}
