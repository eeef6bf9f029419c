import { type Request, type RequestHandler, Router, type RouterOptions } from 'express';
import { DomainError } from '../errors.ts';

const knownMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
type Method = (typeof knownMethods)[number];
export type Handlers = Partial<Record<Method, RequestHandler | readonly RequestHandler[]>>;

// Which methods each path of a router has, so that 405 and OPTIONS can name them across files and routers.
const methodsByRouter = new WeakMap<Router, Map<string, Set<string>>>();

/**
 * Registers the methods of one path: `route(router, '/api/videos/:id', { GET: getVideo, PATCH: [json(), patchVideo] })`.
 * HEAD is answered as GET without a body, OPTIONS with 204, any other method with 405; both name what is allowed. The
 * methods of a path may be registered in several calls and files, as long as createApp gets their routers.
 */
export function route(router: Router, path: string, handlers: Handlers): void {
  const paths = methodsByRouter.get(router) ?? new Map<string, Set<string>>();
  methodsByRouter.set(router, paths);
  const methods = paths.get(path) ?? new Set<string>();
  paths.set(path, methods);
  const expressRoute = router.route(path);
  for (const [method, handler] of Object.entries(handlers)) {
    methods.add(method);
    if (method === 'GET') methods.add('HEAD');
    const register = expressRoute[method.toLowerCase() as Lowercase<Method>].bind(expressRoute);
    register(...[handler].flat());
  }
}

/** A request's method, for what is counted and recorded: any other is none of ours, and stays what somebody has sent. */
export function methodOf({ method }: Pick<Request, 'method'>): Method | 'other' {
  return knownMethods.find((known) => known === method) ?? 'other';
}

/** The pattern of the route that answers a request, once one does. */
export function patternOf({ route: matched }: Pick<Request, 'route'>): string | undefined {
  const { path } = (matched ?? {}) as { path?: unknown };
  return typeof path === 'string' ? path : undefined;
}

/** Collects what every path that matches a request allows. */
export type AllowedMethods = { router: Router };

const collected = new WeakMap<object, Set<string>>();

/** A router that matches paths as `routers` do, and only notes which methods they have. */
export function allowedMethodsOf(routers: readonly Router[]): AllowedMethods {
  const collector = Router();
  for (const router of routers) {
    const { caseSensitive, strict } = router as Router & RouterOptions;
    const paths = Router({ caseSensitive, strict } as RouterOptions);
    for (const [path, methods] of methodsByRouter.get(router) ?? []) {
      paths.all(path, (req, _res, next) => {
        const allowed = collected.get(req) ?? new Set<string>();
        collected.set(req, allowed);
        for (const method of methods) allowed.add(method);
        next();
      });
    }
    collector.use(paths);
  }
  return { router: collector };
}

/** Middleware before the routers: OPTIONS of a path that exists is answered with what it allows. */
export function answerAllowedMethods({ router }: AllowedMethods): RequestHandler {
  return (req, res, next) => {
    if (req.method !== 'OPTIONS') return next();
    router(req, res, (error) => {
      const allowed = collected.get(req);
      if (error || allowed === undefined || allowed.has('OPTIONS')) return next(error);
      res.status(204).set('Allow', headerOf(allowed)).end();
    });
  };
}

/** Middleware after the routers: 405 with Allow where the path exists, else 404. */
export function answerUnmatched({ router }: AllowedMethods): RequestHandler {
  return (req, res, next) => {
    router(req, res, (error) => {
      const allowed = collected.get(req);
      if (error) return next(error);
      if (allowed === undefined || allowed.has(req.method)) {
        return next(new DomainError('not-found', 'There is nothing at this address.'));
      }
      res.set('Allow', headerOf(allowed));
      next(new DomainError('method-not-allowed', `This address answers ${headerOf(allowed)}, not ${req.method}.`));
    });
  };
}

function headerOf(methods: ReadonlySet<string>): string {
  return [...new Set([...methods, 'OPTIONS'])].join(', ');
}
