import type { RequestHandler } from 'express';
import type { Logger } from '../logger.ts';

/** Middleware: one line a request when its answer has ended, with neither query nor address of who asked. */
export function logAccess(logger: Logger): RequestHandler {
  return (req, res, next) => {
    const { method, path } = req;
    if (path.startsWith('/health/')) return next();
    const started = performance.now();
    const bytesBefore = req.socket.bytesWritten;
    const { socket } = req;
    res.once('close', () => {
      logger.info(
        {
          method,
          path,
          status: res.statusCode,
          ms: Math.round(performance.now() - started),
          bytes: socket.bytesWritten - bytesBefore,
          ...(res.writableFinished ? {} : { aborted: true }),
        },
        'request',
      );
    });
    next();
  };
}
