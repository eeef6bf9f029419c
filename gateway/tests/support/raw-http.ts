import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  status: number;
  /** Lowercase names; the last of several. */
  headers: Record<string, string>;
  body: string;
}

/** Sends these very bytes, as no client would, and resolves with what came back when the other side has closed or is done. */
export async function rawRequest(port: number, bytes: string | Buffer): Promise<RawAnswer> {
  const socket = await rawConnection(port);
  socket.write(bytes);
  try {
    return await readAnswer(socket);
  } finally {
    socket.destroy();
  }
}

/** @param options.halfOpen goes on sending when the other side has said that it sends no more */
export function rawConnection(port: number, options: { halfOpen?: boolean } = {}): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const at = { port, host: '127.0.0.1', allowHalfOpen: options.halfOpen ?? false };
    const socket = connect(at, () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Reads one answer, by its length or up to the end of the connection. Interim answers are skipped. */
export async function readAnswer(socket: Socket): Promise<RawAnswer> {
  let text = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += (chunk as Buffer).toString('latin1');
    const answer = parseAnswer(text.replace(/^HTTP\/1\.1 1\d\d [\s\S]*?\r\n\r\n/, ''));
    if (answer?.whole) return answer;
  }
  const answer = parseAnswer(text);
  if (answer === undefined) throw new Error(`The connection ended without an answer: ${JSON.stringify(text)}`);
  return answer;
}

function parseAnswer(text: string): (RawAnswer & { whole: boolean }) | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const content = text.slice(end + 4);
  const chunked = headers['transfer-encoding'] === 'chunked';
  const whole = chunked
    ? content.endsWith('0\r\n\r\n')
    : content.length >= Number(headers['content-length'] ?? Infinity);
  const body = chunked ? content.replace(/[0-9a-f]+\r\n([\s\S]*?)\r\n/g, '$1') : content;
  return { status: Number(first.split(' ')[1]), headers, body, whole };
}
