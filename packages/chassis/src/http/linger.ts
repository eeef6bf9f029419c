import type { Socket } from 'node:net';

export interface LingerLimits {
  /** How long we go on reading, in milliseconds. */
  ms: number;
  /** How much we go on reading. */
  bytes: number;
}

const defaults: LingerLimits = { ms: 10_000, bytes: 256 * 1024 * 1024 };

/**
 * Closes a connection whose peer may still be sending, in stages (RFC 9112 §9.6): our half is closed after the answer,
 * then what still comes is read and thrown away, within limits, until the peer has closed too. Closing at once would
 * make the kernel send a reset, and a reset takes from the peer even the part of the answer that has already arrived.
 */
export function linger(socket: Socket, limits: LingerLimits = defaults): void {
  if (socket.destroyed) return;
  const destroy = () => socket.destroy();
  const timer = setTimeout(destroy, limits.ms);
  socket.once('close', () => clearTimeout(timer));
  socket.once('end', destroy);
  // Past the HTTP parser, which would stop reading when nobody takes the body.
  socket.removeAllListeners('data');
  let discarded = 0;
  socket.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > limits.bytes) destroy();
  });
  socket.resume();
  // Where the parser had stopped reading, the stream still counts on a read that is under way.
  socket._read(0);
  socket.end();
}
