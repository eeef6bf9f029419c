import { createApp, route } from '@flixtube/chassis/http';
import type { Logger } from '@flixtube/chassis/logger';
import type { Registry } from '@flixtube/chassis/metrics';
import type { Health } from '@flixtube/chassis/service';
import { type Express, type Request, type RequestHandler, Router } from 'express';
import { type Neighbour, type Route, routingTable } from './domain/routing-table.ts';
import type { SiteFiles } from './domain/site-files.ts';
import type { ClientOf } from './middleware/client.ts';
import { pageHeaders } from './middleware/page-headers.ts';
import { noPage, noParameters, refuseCrossSite, stayOnHttps } from './middleware/protection.ts';
import { checkTarget, targetOf } from './middleware/target.ts';
import { sayTusVersion } from './middleware/tus.ts';
import type { RecogniseViewer } from './middleware/viewer.ts';
import { docsPolicy, getDocs, getDocsAsset, getOpenApi } from './routes/docs.ts';
import { type ForwardOptions, forward } from './routes/forward.ts';
import { getSession } from './routes/session.ts';
import { webApp } from './routes/web-app.ts';

export interface AppParts {
  logger: Logger;
  metrics: Registry;
  health: Health;
  clientOf: ClientOf;
  recogniseViewer: RecogniseViewer;
  forwarding: ForwardOptions;
  web: SiteFiles;
  /** Where videos come from besides here. */
  deliveryOrigin: string | undefined;
  docs: SiteFiles;
  swaggerUi: SiteFiles;
}

/** The public door: what is asked for, whether it may be, who asks; then the API by the routing table, or the web app. */
export function createGatewayApp(parts: AppParts): Express {
  const { logger, metrics, health, clientOf, recogniseViewer } = parts;
  const own: Record<string, RequestHandler> = {
    '/api/session': getSession,
    '/api/openapi.json': getOpenApi(parts.docs),
    '/api/docs': getDocs,
    '/api/docs/:asset': getDocsAsset(parts.swaggerUi) as RequestHandler,
  };
  const handlers = (entry: Route): RequestHandler[] => {
    if (isForwarded(entry)) return [forward(entry, parts.forwarding)];
    const answer = own[entry.path];
    if (answer === undefined) throw new Error(`${entry.path} has no handler`);
    return [noParameters(), answer];
  };

  const api = Router({ caseSensitive: true, strict: true });
  api.use('/api/uploads', sayTusVersion);
  api.use(stayOnHttps(clientOf), checkTarget(), refuseCrossSite(clientOf));
  api.use(async (req, res, next) => {
    if (targetOf(req).area === 'api') await recogniseViewer(req, res);
    next();
  });
  for (const entry of routingTable) {
    const protect = entry.path === '/api/docs' ? pageHeaders(docsPolicy) : noPage();
    // A browser that opens a file by itself makes a page of it, with a player in it.
    const first = entry.lane === 'json' ? [protect] : [];
    route(api, entry.path, { [entry.method]: [...first, ...handlers(entry)] });
  }

  const web = Router().use(webApp(parts.web, recogniseViewer, parts.deliveryOrigin));
  return createApp({ logger, metrics, showsMetrics: false, health, isPlentiful, routers: [api, web] });
}

/** What players ask for all the time, and the files of the web app. */
function isPlentiful({ method, path }: Request): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  return !path.startsWith('/api/') || /^\/api\/videos\/[^/]+\/(file|hls|storyboard)(\/|$)/.test(path);
}

function isForwarded(entry: Route): entry is Route & { service: Neighbour } {
  return entry.service !== 'gateway';
}
