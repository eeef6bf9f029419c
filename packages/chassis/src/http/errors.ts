import type { ErrorRequestHandler } from 'express';
import type { Logger } from '../logger.ts';
import { problemOf, sendProblem } from './problem.ts';

/**
 * The last handler: every error becomes problem+json. An error in the middle of a body ends the connection instead,
 * since bytes that are no part of what was promised would pass for it.
 */
export function answerErrors(logger: Logger): ErrorRequestHandler {
  return (error, req, res, _next) => {
    if (res.writableEnded || res.destroyed || req.socket.destroyed) {
      logger.debug({ err: error, method: req.method, path: req.path }, 'the client went away');
      return;
    }
    if (res.headersSent) {
      logger.warn(
        { err: error, method: req.method, path: req.path },
        'failed in the middle of an answer: connection ended',
      );
      res.destroy();
      return;
    }
    const { problem, unexpected } = problemOf(error, req);
    if (unexpected) logger.error({ err: error, method: req.method, path: req.path }, 'unexpected error');
    else if (problem.status >= 500) logger.warn({ err: error, method: req.method, path: req.path }, problem.detail);
    sendProblem(req, res, error);
  };
}
