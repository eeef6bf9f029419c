import type { ErrorRequestHandler } from 'express';
import { type Logger, shortened } from '../logger.ts';
import { problemOf, sendProblem } from './problem.ts';

/**
 * The last handler: every error becomes problem+json. An error in the middle of a body ends the connection instead,
 * since what we wrote after it would pass for a part of that body.
 */
export function answerErrors(logger: Logger): ErrorRequestHandler {
  return (error, req, res, _next) => {
    const details = { err: error, method: req.method, path: shortened(req.path) };
    const gone = res.destroyed || res.writableEnded;
    if (gone && endedByClient(error)) {
      logger.debug(details, 'the client left before its answer was complete');
      return;
    }
    const { problem, unexpected } = problemOf(error, req);
    if (unexpected) logger.error(details, 'unexpected error');
    else if (problem.status >= 500) logger.warn(details, 'request failed');
    if (gone) return;
    if (res.headersSent) {
      logger.warn(details, 'failed in the middle of an answer: its connection is ended');
      res.destroy();
      return;
    }
    sendProblem(req, res, error);
  };
}

const codesOfLeaving = new Set([
  'ABORT_ERR',
  'ECONNABORTED',
  'ECONNRESET',
  'EPIPE',
  'ERR_HTTP_HEADERS_SENT',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_UNABLE_TO_PIPE',
  'ERR_STREAM_WRITE_AFTER_END',
]);

/** Whether an error, on a connection that is closed, says no more than that it was closed. */
function endedByClient(error: unknown): boolean {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return name === 'AbortError' || codesOfLeaving.has(String(code));
}
