import type { RequestHandler } from 'express';
import { DomainError } from '../errors.ts';
import { sendProblem } from './problem.ts';
import { hasBody } from './request-body.ts';

/** Least that must come in each period, so that a byte now and then is no way to hold a connection. */
const leastBytes = 1024;

/**
 * Middleware: a body that stands still, or only trickles, while we are waiting for it ends its request with 408. A body
 * that waits for us is left alone: then it is not its sender who is slow.
 *
 * @param periodMs length of each period
 */
export function endSlowBodies(periodMs: number): RequestHandler {
  return (req, res, next) => {
    if (!hasBody(req)) return next();
    const { socket } = req;
    let seen = socket.bytesRead;
    let waitedForUs = false;

    // What waits for us at any time of a period excuses all of it: we may have been slow before, and quick just now.
    const sample = setInterval(() => {
      waitedForUs ||= req.readableLength > 0 || req.readableFlowing === null;
    }, periodMs / 10);
    const judge = setInterval(() => {
      if (req.complete) return stop();
      const progressed = socket.bytesRead - seen >= leastBytes;
      seen = socket.bytesRead;
      const excused = waitedForUs;
      waitedForUs = false;
      if (progressed || excused) return;
      stop();
      if (res.headersSent) return void socket.destroy();
      res.setHeader('Connection', 'close');
      const error = new DomainError('request-timeout', 'The body of the request came too slowly. Please try again.');
      sendProblem(req, res, error);
    }, periodMs);

    function stop(): void {
      clearInterval(sample);
      clearInterval(judge);
    }
    res.once('close', stop);
    next();
  };
}
