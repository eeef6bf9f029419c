import { DomainError } from '@flixtube/chassis/errors';
import type { RequestHandler } from 'express';
import type { SiteFiles } from '../domain/site-files.ts';
import type { PagePolicy } from '../middleware/page-headers.ts';
import { withCookie } from '../middleware/viewer.ts';
import { sendSiteFile } from './site-file.ts';

/** GET /api/openapi.json: the contract, as it was generated. */
export function getOpenApi(docs: SiteFiles): RequestHandler {
  return async (req, res) => {
    const file = await docs.find('/openapi.json');
    if (file === undefined) {
      throw new DomainError('unavailable', 'The contract has not been generated. Run npm run docs, or set DOCS_ROOT.');
    }
    await sendSiteFile(req, res, file, withCookie(res, 'public, no-cache'));
  };
}

/** GET /api/docs: Swagger UI on the contract, all of it from here. */
export const getDocs: RequestHandler = (_req, res) => {
  res.set('Cache-Control', withCookie(res, 'no-cache')).type('html').send(page);
};

/** GET /api/docs/:asset: what that page is made of. */
export function getDocsAsset(swaggerUi: SiteFiles): RequestHandler<{ asset: string }> {
  return async (req, res) => {
    const { asset } = req.params;
    if (asset === 'start.js') {
      res.set('Cache-Control', withCookie(res, 'no-cache')).type('js').send(start);
      return;
    }
    const file = assets.includes(asset) ? await swaggerUi.find(`/${asset}`) : undefined;
    if (file === undefined) throw new DomainError('not-found', 'There is no such file in the documentation.');
    await sendSiteFile(req, res, file, withCookie(res, 'public, max-age=3600'));
  };
}

const assets = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

/** Swagger UI sets style attributes; scripts it needs none but its own. */
export const docsPolicy: PagePolicy = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
};

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>FlixTube API</title>
<link rel="icon" href="/api/docs/favicon-32x32.png">
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
`;

const start = `SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: true,
  validatorUrl: null,
});
`;
