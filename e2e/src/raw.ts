import { once } from 'node:events';
import { connect } from 'node:net';

/** An answer to a request that was sent byte by byte as given, without a client that would tidy it up. */
export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/**
 * Sends bytes to the system and reads until its answer is complete or it hangs up.
 * With `cut`, the connection is destroyed as soon as all is sent, and the answer is empty.
 */
export async function rawRequest(
  url: string,
  bytes: string | Uint8Array,
  options: { cut?: boolean } = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.setTimeout(15_000, () => socket.destroy(new Error('no answer within 15 s')));
  await once(socket, 'connect');
  if (options.cut === true) {
    await new Promise<void>((sent) => socket.write(bytes, () => sent()));
    socket.destroy();
    return { status: 0, headers: {}, body: '' };
  }
  socket.write(bytes);
  let text = '';
  for await (const chunk of socket.setEncoding('latin1')) {
    text += chunk;
    if (isComplete(text)) break;
  }
  socket.destroy();
  const [head = '', body = ''] = splitAtBlankLine(text);
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { status: Number(statusLine.split(' ')[1]), headers, body: Buffer.from(body, 'latin1').toString() };
}

function splitAtBlankLine(text: string): string[] {
  const at = text.indexOf('\r\n\r\n');
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 4)];
}

function isComplete(text: string): boolean {
  const [head = '', body] = splitAtBlankLine(text);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  return body !== undefined && length !== undefined && body.length >= Number(length);
}
