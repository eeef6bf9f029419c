import type { Client } from './client-address.ts';

type Fields = Record<string, string | string[] | undefined>;

/** Of one connection, not of the message (RFC 9110 §7.6.1); and some that older agents send in the same sense. */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-authentication-info',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
];

/** Ended here (Expect, RFC 9110 §10.1.1; cookies), or said by us alone (traceparent: by who calls the neighbour). */
const endsHere = ['host', 'expect', 'cookie', 'forwarded', 'x-real-ip', 'traceparent', 'content-length'];
const oursByPrefix = /^x-(flixtube|forwarded)-/;

/** The fields that a neighbour gets: the end-to-end ones of the request, and what only the gateway may say. */
export function requestHeaders(
  fields: Fields,
  said: { hasBody: boolean; client: Client; token: string },
): Record<string, string> {
  const passed: Record<string, string> = {};
  const dropped = new Set([...endsHere, ...hopByHop, ...namedByConnection(fields)]);
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || dropped.has(name) || oursByPrefix.test(name)) continue;
    passed[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const length = fields['content-length'];
  if (said.hasBody && typeof length === 'string') passed['content-length'] = length;
  passed['x-flixtube-identity'] = said.token;
  passed['x-forwarded-for'] = said.client.address;
  passed['x-forwarded-proto'] = said.client.scheme;
  if (said.client.host !== undefined) passed['x-forwarded-host'] = said.client.host;
  return passed;
}

/** The fields of a neighbour's answer that a viewer gets. */
export function responseHeaders(fields: Fields): Record<string, string | string[]> {
  const dropped = new Set([...hopByHop, ...namedByConnection(fields)]);
  const passed: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && !dropped.has(name)) passed[name] = value;
  }
  return passed;
}

function namedByConnection({ connection }: Fields): string[] {
  const names = Array.isArray(connection) ? connection.join(',') : (connection ?? '');
  return names
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
}
