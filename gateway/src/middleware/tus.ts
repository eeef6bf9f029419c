import type { RequestHandler } from 'express';

/** Middleware: tus 1.0.0 has Tus-Resumable in every answer, also in those that only the gateway gives. */
export const sayTusVersion: RequestHandler = (_req, res, next) => {
  res.setHeader('Tus-Resumable', '1.0.0');
  next();
};
