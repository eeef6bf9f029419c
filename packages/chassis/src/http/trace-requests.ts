import { AsyncResource } from 'node:async_hooks';
import { SpanStatusCode } from '@opentelemetry/api';
import type { Request, RequestHandler } from 'express';
import { enter, failed, parseTraceparent, runInTrace } from '../trace.ts';
import { methodOf, patternOf } from './route.ts';

/** Of requests that many come of and that say little, one in so many may be recorded. */
const oneIn = 100;

/**
 * Middleware: each request is a span until its answer has ended, named by its method and the pattern of its route, with
 * neither path nor query nor address (OpenTelemetry's semantic conventions for HTTP). Health and metrics are left out.
 *
 * @param isPlentiful requests of which one in a hundred is recorded, of those that would be
 */
export function traceRequests(isPlentiful: (req: Request) => boolean): RequestHandler {
  return (req, res, next) => {
    const traceparent = req.get('traceparent');
    if (req.path === '/metrics' || req.path.startsWith('/health/')) return runInTrace(traceparent, next);
    if (isPlentiful(req) && Math.random() * oneIn >= 1) return runInTrace(unsampled(traceparent), next);
    const method = methodOf(req);
    enter(method, { role: 'server', traceparent, facts: { 'http.request.method': method } }, (span) => {
      if (span.isRecording()) {
        const end = () => {
          const route = patternOf(req);
          if (route !== undefined) span.updateName(`${method} ${route}`).setAttribute('http.route', route);
          if (res.headersSent) span.setAttribute('http.response.status_code', res.statusCode);
          if (!res.writableFinished) failed(span, 'aborted');
          else if (res.statusCode >= 500) {
            span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', String(res.statusCode));
          }
          span.end();
        };
        res.once('close', AsyncResource.bind(end));
      }
      next();
    });
  };
}

/**
 * The same trace, of which nothing is recorded from here on. Read and written anew: behind the flags a header of a later
 * version may have more, and what came after them would pass for the flags.
 */
function unsampled(traceparent: string | undefined): string | undefined {
  const parent = parseTraceparent(traceparent);
  return parent && `00-${parent.traceId}-${parent.parentId}-00`;
}
