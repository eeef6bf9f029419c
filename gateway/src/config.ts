import { join } from 'node:path';
import { loadSettings, settings } from '@flixtube/chassis/config';
import { z } from 'zod';
import type { Neighbour } from './domain/routing-table.ts';

export type Config = ReturnType<typeof readConfig>;

const gatewayFolder = join(import.meta.dirname, '..');

/** Every setting of the gateway. @throws SettingsError with all that is wrong */
export function readConfig(env: NodeJS.ProcessEnv) {
  const values = loadSettings(
    {
      PORT: settings.port(4000),
      HOST: settings.host(),
      METRICS_PORT: settings.integer(
        'TCP port of GET /metrics, which must not be reached from outside; 0 for none',
        { min: 0, max: 65_535 },
        0,
      ),
      LOG_LEVEL: settings.logLevel(),
      SHUTDOWN_SECONDS: settings.shutdownSeconds(),
      IDENTITY_SECRET: settings.secret('signs who is calling, for the services behind; the same in all of them', 32),
      COOKIE_SECRET: settings.secret('signs the viewer cookie; a new one makes every visitor a new viewer', 32),
      METADATA_URL: settings.url('where metadata answers', 'http://127.0.0.1:4001'),
      VIDEO_UPLOAD_URL: settings.url('where video-upload answers', 'http://127.0.0.1:4002'),
      VIDEO_STREAMING_URL: settings.url('where video-streaming answers', 'http://127.0.0.1:4004'),
      HISTORY_URL: settings.url('where history answers', 'http://127.0.0.1:4005'),
      WEB_ROOT: settings.text('folder of the built web app', join(gatewayFolder, '../web/dist')),
      DOCS_ROOT: settings.text('folder that holds openapi.json', join(gatewayFolder, '../docs')),
      DELIVERY_ORIGIN: z
        .url()
        .refine((url) => URL.parse(url)?.origin === url, 'must be an origin, as https://cdn.example')
        .optional()
        .describe('where videos come from besides the gateway, the store or its CDN: pages may load from there too'),
      UPLOAD_MAX_BYTES: settings.bytes('largest file that is taken', 20 * 2 ** 30),
      TRUSTED_PROXIES: settings.integer(
        'how many reverse proxies stand before the gateway, whose X-Forwarded-* fields are believed',
        { min: 0, max: 8 },
        0,
      ),
      ANSWER_SECONDS: settings.seconds('how long a service may take to begin its answer', 30),
      STALL_SECONDS: settings.seconds('how long a connection may make no progress in the middle of a body', 120),
      STREAMS_MAX: settings.integer(
        'how many files pass at a time, to and from one service',
        { min: 1, max: 65_536 },
        2048,
      ),
    },
    env,
  );
  const neighbours: Record<Neighbour, string> = {
    metadata: values.METADATA_URL,
    'video-upload': values.VIDEO_UPLOAD_URL,
    'video-streaming': values.VIDEO_STREAMING_URL,
    history: values.HISTORY_URL,
  };
  return {
    port: values.PORT,
    metricsPort: values.METRICS_PORT,
    host: values.HOST,
    logLevel: values.LOG_LEVEL,
    shutdownSeconds: values.SHUTDOWN_SECONDS,
    identitySecret: values.IDENTITY_SECRET,
    cookieSecret: values.COOKIE_SECRET,
    neighbours,
    webRoot: values.WEB_ROOT,
    docsRoot: values.DOCS_ROOT,
    deliveryOrigin: values.DELIVERY_ORIGIN,
    uploadMaxBytes: values.UPLOAD_MAX_BYTES,
    trustedProxies: values.TRUSTED_PROXIES,
    answerSeconds: values.ANSWER_SECONDS,
    stallSeconds: values.STALL_SECONDS,
    streamsMax: values.STREAMS_MAX,
  };
}
