import { ApiError, errorFrom, unreachable } from './api-error.ts';

export interface Answer<T> {
  body: T;
  /** The entity tag of what was answered, for If-Match. */
  etag: string | null;
}

interface Options {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Sent as JSON; a Blob as it is, by its own type. */
  body?: unknown;
  ifMatch?: string;
  signal?: AbortSignal;
}

/** Asks the API; everything but a 2xx is thrown as an ApiError, an aborted request as its abort reason. */
export async function request<T>(path: string, options: Options = {}): Promise<Answer<T>> {
  const { method = 'GET', body, ifMatch, signal } = options;
  const headers = new Headers({ accept: 'application/json' });
  const bytes = body instanceof Blob ? body : null;
  if (body !== undefined) headers.set('content-type', bytes ? bytes.type : 'application/json');
  if (ifMatch) headers.set('if-match', ifMatch);
  try {
    const response = await fetch(path, {
      method,
      headers,
      ...(body !== undefined && { body: bytes ?? JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    const text = await response.text();
    if (!response.ok) throw errorFrom(response.status, response.headers.get('content-type'), text);
    return { body: (text ? JSON.parse(text) : undefined) as T, etag: response.headers.get('etag') };
  } catch (error) {
    if (error instanceof ApiError || signal?.aborted) throw error;
    throw unreachable(error);
  }
}

/** `path?name=value&…`, without the values that are null or empty. */
export function withQuery(path: string, query: Record<string, string | number | null>): string {
  const entries = Object.entries(query).filter(([, value]) => value !== null && value !== '');
  const search = new URLSearchParams(entries.map(([name, value]) => [name, String(value)]));
  return search.size > 0 ? `${path}?${search}` : path;
}
