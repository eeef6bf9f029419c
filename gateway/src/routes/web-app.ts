import { DomainError } from '@flixtube/chassis/errors';
import type { Request, RequestHandler, Response } from 'express';
import type { SiteFiles } from '../domain/site-files.ts';
import { type PagePolicy, pageHeaders } from '../middleware/page-headers.ts';
import { targetOf } from '../middleware/target.ts';
import { type RecogniseViewer, withCookie } from '../middleware/viewer.ts';
import { sendSiteFile } from './site-file.ts';

/** Vite puts files here whose names hold a hash of their content. */
const hashedFolder = '/assets/';
/** A last segment with a dot means a file; none of the app's own paths has one. */
const fileName = /\.[^/]*$/;

/**
 * GET of any path that is not the API's: a file of the web app, or the app's one page, which makes of the path what it
 * is (/watch/:id, /search). The page also makes its reader a viewer, so that the API calls which it begins all at once
 * share one cookie.
 */
export function webApp(
  files: SiteFiles,
  recogniseViewer: RecogniseViewer,
  deliveryOrigin: string | undefined,
): RequestHandler {
  const protect = pageHeaders(webAppPolicy(deliveryOrigin));

  async function sendPage(req: Request, res: Response): Promise<void> {
    const page = await files.find('/index.html');
    protect(req, res, () => res.vary('Accept'));
    if (page === undefined) {
      res
        .status(503)
        .set('Retry-After', '10')
        .type('html')
        .send(req.method === 'HEAD' ? '' : missingPage);
      return;
    }
    await recogniseViewer(req, res);
    await sendSiteFile(req, res, page, withCookie(res, 'no-cache'));
  }

  return async (req, res, next) => {
    const target = targetOf(req);
    if (target.area !== 'web') return next();
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.set('Allow', 'GET, HEAD');
      throw new DomainError('method-not-allowed', `This address answers GET, HEAD, not ${req.method}.`);
    }
    const path = decodeURIComponent(target.path);
    if (path === '/' || path === '/index.html') return sendPage(req, res);
    const file = await files.find(path);
    if (file !== undefined) {
      const forever = path.startsWith(hashedFolder);
      return sendSiteFile(req, res, file, forever ? 'public, max-age=31536000, immutable' : 'public, no-cache');
    }
    const isPage = !path.startsWith(hashedFolder) && !fileName.test(path) && req.accepts('html') === 'html';
    if (!isPage) throw new DomainError('not-found', 'There is no such file in the web app.');
    return sendPage(req, res);
  };
}

/** Videos and pictures of them may come from one more origin, and nothing else may. */
const webAppPolicy = (deliveryOrigin: string | undefined): PagePolicy => {
  const delivered = deliveryOrigin === undefined ? [] : [deliveryOrigin];
  return {
    'default-src': ["'self'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'img-src': ["'self'", 'data:', 'blob:', ...delivered],
    'media-src': ["'self'", 'blob:', ...delivered],
    'worker-src': ["'self'", 'blob:'],
    'connect-src': ["'self'", ...delivered],
    'font-src': ["'self'"],
    'base-uri': ["'self'"],
    'form-action': ["'self'"],
  };
};

const missingPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>FlixTube: the web app is not built</title>
<h1>The web app is not built yet</h1>
<p>The API answers, but there is no page to show. Build it with <code>npm run build -w web</code>, or set
<code>WEB_ROOT</code> to the folder it is in, then load this page again.</p>
</html>
`;
