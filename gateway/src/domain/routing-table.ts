/** Who answers: a neighbour, or the gateway itself. */
type Service = 'gateway' | 'metadata' | 'video-upload' | 'video-streaming' | 'history';
export type Neighbour = Exclude<Service, 'gateway'>;

/**
 * What passes through: `json`, small both ways; `bytes`, a file that may be long and slow, on connections of its own, so
 * that fifty slow viewers take none from the API.
 */
export type Lane = 'json' | 'bytes';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS';
  /** Segments match byte for byte; `:name` matches any one segment. */
  readonly path: string;
  readonly service: Service;
  readonly lane: Lane;
  /** Most that a body may have; unless said, what the lane takes. */
  readonly maxBodyBytes?: number;
}

/** The whole public API: what is not here does not exist outside. HEAD goes where GET does. */
export const routingTable: readonly Route[] = [
  { method: 'GET', path: '/api/videos', service: 'metadata', lane: 'json' },
  { method: 'POST', path: '/api/videos', service: 'video-upload', lane: 'bytes' },
  { method: 'GET', path: '/api/videos/:id', service: 'metadata', lane: 'json' },
  { method: 'PATCH', path: '/api/videos/:id', service: 'metadata', lane: 'json' },
  { method: 'DELETE', path: '/api/videos/:id', service: 'metadata', lane: 'json' },
  { method: 'GET', path: '/api/videos/:id/file', service: 'video-streaming', lane: 'bytes' },
  { method: 'GET', path: '/api/videos/:id/hls/:playlist', service: 'video-streaming', lane: 'json' },
  { method: 'GET', path: '/api/videos/:id/hls/:processingId/:track/:file', service: 'video-streaming', lane: 'bytes' },
  { method: 'GET', path: '/api/videos/:id/hls/captions/:track', service: 'video-streaming', lane: 'json' },
  { method: 'GET', path: '/api/videos/:id/poster.jpg', service: 'video-streaming', lane: 'bytes' },
  { method: 'GET', path: '/api/videos/:id/storyboard.vtt', service: 'video-streaming', lane: 'json' },
  {
    method: 'GET',
    path: '/api/videos/:id/storyboard/:processingId/:sprite',
    service: 'video-streaming',
    lane: 'bytes',
  },
  { method: 'GET', path: '/api/videos/:id/chapters.vtt', service: 'video-streaming', lane: 'json' },
  { method: 'GET', path: '/api/videos/:id/captions/:track', service: 'video-streaming', lane: 'json' },
  {
    method: 'PUT',
    path: '/api/videos/:id/captions/:track',
    service: 'video-streaming',
    lane: 'json',
    maxBodyBytes: 2 ** 20,
  },
  { method: 'DELETE', path: '/api/videos/:id/captions/:track', service: 'video-streaming', lane: 'json' },
  { method: 'POST', path: '/api/videos/:id/processing', service: 'metadata', lane: 'json' },
  { method: 'POST', path: '/api/videos/:id/progress', service: 'video-streaming', lane: 'json' },
  { method: 'GET', path: '/api/studio/videos', service: 'metadata', lane: 'json' },
  { method: 'POST', path: '/api/uploads', service: 'video-upload', lane: 'bytes' },
  { method: 'OPTIONS', path: '/api/uploads', service: 'video-upload', lane: 'json' },
  { method: 'HEAD', path: '/api/uploads/:uploadId', service: 'video-upload', lane: 'json' },
  { method: 'PATCH', path: '/api/uploads/:uploadId', service: 'video-upload', lane: 'bytes' },
  { method: 'DELETE', path: '/api/uploads/:uploadId', service: 'video-upload', lane: 'json' },
  // Carries another method (X-HTTP-Method-Override), PATCH with its body among them.
  { method: 'POST', path: '/api/uploads/:uploadId', service: 'video-upload', lane: 'bytes' },
  { method: 'OPTIONS', path: '/api/uploads/:uploadId', service: 'video-upload', lane: 'json' },
  { method: 'GET', path: '/api/history', service: 'history', lane: 'json' },
  { method: 'DELETE', path: '/api/history', service: 'history', lane: 'json' },
  { method: 'DELETE', path: '/api/history/:videoId', service: 'history', lane: 'json' },
  { method: 'GET', path: '/api/continue-watching', service: 'history', lane: 'json' },
  { method: 'GET', path: '/api/session', service: 'gateway', lane: 'json' },
  { method: 'GET', path: '/api/openapi.json', service: 'gateway', lane: 'json' },
  { method: 'GET', path: '/api/docs', service: 'gateway', lane: 'json' },
  { method: 'GET', path: '/api/docs/:asset', service: 'gateway', lane: 'json' },
];
