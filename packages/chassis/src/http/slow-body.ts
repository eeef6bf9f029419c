import type { RequestHandler } from 'express';
import { DomainError } from '../errors.ts';
import { sendProblem } from './problem.ts';

const leastBytes = 1024;

/**
 * Middleware: a body that does not come on, or only trickles, while we are waiting for it ends its request with 408, so
 * that no one can hold connections by sending a byte now and then. A body that waits for us is left alone.
 */
export function endSlowBodies(idleMs: number): RequestHandler {
  return (req, res, next) => {
    const hasBody = req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
    if (!hasBody) return next();
    const { socket } = req;
    let seen = socket.bytesRead;
    const timer = setInterval(() => {
      if (req.complete || res.writableEnded) return stop();
      const read = socket.bytesRead;
      const waitsForUs = req.isPaused() || req.readableLength > 0;
      const progressed = read - seen >= leastBytes;
      seen = read;
      if (waitsForUs || progressed) return;
      stop();
      if (res.headersSent) return void socket.destroy();
      sendProblem(
        req,
        res,
        new DomainError('request-timeout', 'The body of the request came too slowly. Please try again.'),
      );
    }, idleMs);
    timer.unref();
    const stop = () => clearInterval(timer);
    res.once('close', stop);
    next();
  };
}
