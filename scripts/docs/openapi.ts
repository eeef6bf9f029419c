import { createDocument } from 'zod-openapi';
import { playbackPaths } from './openapi-playback.ts';
import { textPaths } from './openapi-texts.ts';
import { uploadPaths } from './openapi-uploads.ts';
import { videoPaths } from './openapi-videos.ts';
import { viewerPaths } from './openapi-viewer.ts';

/** The public API: OpenAPI 3.1, generated from the zod schemas of packages/contracts. */
export function openApi(): ReturnType<typeof createDocument> {
  return createDocument({
    openapi: '3.1.1',
    info: {
      title: 'FlixTube',
      version: '1.0.0',
      license: { name: 'MIT', identifier: 'MIT' },
      description: [
        'Upload videos, watch them, and find again what you watched.',
        'JSON is in camelCase, times are ISO 8601 in UTC, durations in seconds, sizes in bytes, ids UUIDv7.',
        'Every error is `application/problem+json` (RFC 9457) and says in `errors` which input was wrong.',
        'Whoever holds the viewer cookie of an upload owns the video. A HEAD is answered wherever a GET is, an OPTIONS everywhere.',
      ].join('\n\n'),
    },
    servers: [{ url: '/', description: 'This gateway' }],
    tags: [
      { name: 'Videos', description: 'The catalogue' },
      { name: 'Uploads', description: 'Uploads in pieces, by tus 1.0.0' },
      { name: 'Playback', description: 'The bytes, and how far a player got' },
      { name: 'History', description: "A viewer's own" },
      { name: 'Gateway', description: 'Who is calling, and this document' },
    ],
    // Not having one is no error: then the answer brings one along.
    security: [{ viewer: [] }, {}],
    paths: { ...videoPaths, ...uploadPaths, ...playbackPaths, ...textPaths, ...viewerPaths },
    components: {
      securitySchemes: {
        viewer: {
          type: 'apiKey',
          in: 'cookie',
          name: 'flixtube-viewer',
          description:
            'Who is visiting, signed by the gateway, which gives it to whoever comes without one. Over https it is `__Host-flixtube-viewer`.',
        },
      },
    },
  });
}
