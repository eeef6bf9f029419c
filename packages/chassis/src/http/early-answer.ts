import type { Socket } from 'node:net';
import type { RequestHandler } from 'express';

const lingerMs = 10_000;
const lingerBytes = 256 * 1024 * 1024;

/**
 * Middleware for answers that are given before the request's body has been read, such as 413 to a large upload. Closing
 * at once would reset the connection under a client that is still sending, and it would never see the answer
 * (RFC 9112 §9.6). So the answer says `Connection: close`, our half is closed after it, and what still comes is discarded,
 * for a bounded time and amount, before the socket is.
 */
export function closeAfterEarlyAnswer(): RequestHandler {
  return (req, res, next) => {
    const hasBody = req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
    if (!hasBody) return next();
    const writeHead = res.writeHead;
    res.writeHead = function (this: typeof res, ...args: Parameters<typeof writeHead>) {
      if (!req.complete && !res.headersSent) {
        res.setHeader('Connection', 'close');
        // What Node calls when an answer that closes its connection has been handed to the socket.
        req.socket.destroySoon = () => linger(req.socket);
      }
      return writeHead.apply(this, args);
    } as typeof writeHead;
    next();
  };
}

function linger(socket: Socket): void {
  const start = socket.bytesRead;
  const end = () => socket.destroy();
  const timer = setTimeout(end, lingerMs);
  const watch = setInterval(() => socket.bytesRead - start > lingerBytes && end(), 100);
  socket.once('close', () => {
    clearTimeout(timer);
    clearInterval(watch);
  });
  socket.end();
}
