import { AsyncResource } from 'node:async_hooks';
import type { RequestHandler } from 'express';
import { type Logger, shortened } from '../logger.ts';

/**
 * Middleware: one line a request when its answer has ended, with neither query nor address of who asked. Health and metrics
 * are left out: their askers come every few seconds and nobody looks for them.
 */
export function logAccess(logger: Logger): RequestHandler {
  return (req, res, next) => {
    const { method, path, socket } = req;
    if (path === '/metrics' || path.startsWith('/health/')) return next();
    const started = performance.now();
    const writtenBefore = socket.bytesWritten;
    // Bound to this request's trace: a connection closes in the context of whichever request came first on it.
    const log = AsyncResource.bind(() => {
      const ms = Math.round(performance.now() - started);
      const bytes = socket.bytesWritten - writtenBefore;
      const complete = res.writableFinished;
      const status = res.headersSent ? res.statusCode : undefined;
      logger.info({ method, path: shortened(path), status, ms, bytes, ...(complete ? {} : { complete }) }, 'request');
    });
    res.once('close', log);
    next();
  };
}
