import type { RequestHandler } from 'express';
import { linger } from './linger.ts';
import { declaredLength, hasBody } from './request-body.ts';

/** What is left of a body up to this size is read to its end, and its connection goes on. */
const smallBody = 64 * 1024;

/**
 * Middleware for answers that are given before the request's body has been read, such as 413 to a large upload: they
 * say `Connection: close`, and the connection is closed so that a client which is still sending gets to read them.
 */
export function closeAfterEarlyAnswer(): RequestHandler {
  return (req, res, next) => {
    if (!hasBody(req)) return next();
    // Kept, since a failed pipeline takes the socket from the request that it destroys.
    const { socket } = req;
    const { writeHead } = res;
    const { destroySoon } = socket;

    res.writeHead = function (this: typeof res, ...args: Parameters<typeof writeHead>) {
      const goesOn = req.complete || (declaredLength(req) <= smallBody && !req.destroyed);
      if (!goesOn && !res.headersSent) res.setHeader('Connection', 'close');
      return writeHead.apply(this, args);
    } as typeof writeHead;

    // What Node calls when the last answer of a connection has been handed over to it.
    socket.destroySoon = () => {
      socket.destroySoon = destroySoon;
      if (req.complete) return socket.destroySoon();
      socket.once('close', () => req.destroy());
      linger(socket);
    };
    res.once('finish', () => {
      if (req.complete || res.shouldKeepAlive === false) return;
      if (req.destroyed) linger(socket);
      else req.resume();
    });
    res.once('close', () => {
      if (req.complete) socket.destroySoon = destroySoon;
    });
    next();
  };
}
