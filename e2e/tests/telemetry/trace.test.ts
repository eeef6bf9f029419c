import { randomBytes } from 'node:crypto';
import type { Video } from '@flixtube/contracts/http/video';
import { freePort } from '@flixtube/dev-env/ports';
import { serviceNames } from '@flixtube/dev-env/services';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clip } from '../../src/clips.ts';
import { eventually } from '../../src/eventually.ts';
import { type OtlpReceiver, otlpReceiver, type ReceivedSpan } from '../../src/otlp-receiver.ts';
import { type System, startIsolatedSystem } from '../../src/system.ts';
import { Viewer } from '../../src/viewer.ts';

// What must be found nowhere: what was typed, who did it, from where, and by which keys.
const secrets = ['kanarienvogel', 'canary@example.org', '203.0.113.77', 'canary-token', 'canary-cookie', 'chirp.mp4'];
const traceId = randomBytes(16).toString('hex');
const page = randomBytes(8).toString('hex');
const traced = { traceparent: `00-${traceId}-${page}-00`, 'x-forwarded-for': '203.0.113.77' };

describe('an upload, from the page to "ready"', () => {
  const lines: { service: string; line: string }[] = [];
  let receiver: OtlpReceiver;
  let system: System;
  let viewer: Viewer;
  let metricsPort: number;
  let metrics: string;

  beforeAll(async () => {
    receiver = await otlpReceiver();
    metricsPort = await freePort();
    system = await startIsolatedSystem({
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        TRUSTED_PROXIES: '1',
        METRICS_PORT: String(metricsPort),
        LOG_LEVEL: 'debug',
      },
      onLine: (service, line) => lines.push({ service, line }),
    });
    viewer = new Viewer(system.url);
    const videoId = await upload(viewer);
    await eventually(
      () => viewer.ask<Video>(`/api/videos/${videoId}`, { headers: { authorization: 'Bearer canary-token' } }),
      ({ body }) => body.status === 'ready',
      60,
    );
    await viewer.ask('/api/videos?query=kanarienvogel', { headers: traced });
    metrics = (await Promise.all(serviceNames.map(metricsOf))).join('');
    await eventually(
      async () => ofUpload().map(({ name }) => name),
      (names) => names.includes('process metadata.video.processed'),
    );
    // What still waits is sent at the end.
    await system.stop();
  }, 180_000);
  afterAll(async () => {
    await system?.stop();
    await receiver?.close();
  });

  const metricsOf = async (service: (typeof serviceNames)[number]) =>
    (await fetch(`http://127.0.0.1:${service === 'gateway' ? metricsPort : system.portOf(service)}/metrics`)).text();
  const ofUpload = () => receiver.spans.filter((span) => span.traceId === traceId);
  const parentOf = ({ parentSpanId }: ReceivedSpan) => ofUpload().find(({ spanId }) => spanId === parentSpanId);

  it('when all is done, then what made it ready goes back to the request that ended the upload, step by step', () => {
    const chain: string[] = [];
    let last: ReceivedSpan | undefined;
    let span = ofUpload().find(({ name }) => name === 'process metadata.video.processed');
    for (; span !== undefined; span = parentOf(span)) {
      chain.unshift(`${span.service}: ${span.name}`);
      last = span;
    }
    expect(last?.parentSpanId).toBe(page);
    const steps = [
      'gateway: PATCH /api/uploads/:uploadId',
      'gateway: PATCH video-upload',
      'video-upload: PATCH /api/uploads/:uploadId',
      'video-upload: send video.uploaded',
      'video-processing: process video-processing.video.uploaded',
      'video-processing: send video-processing.tasks',
      'video-processing: process video-processing.tasks',
      'video-processing: task probe',
      'video-processing: task finish',
      'video-processing: send video.processed',
      'metadata: process metadata.video.processed',
    ];
    expect(steps.filter((step) => chain.includes(step))).toEqual(steps);
    expect(chain.filter((step) => steps.includes(step)).filter((step, at, all) => all.indexOf(step) === at)).toEqual(
      steps,
    );
  });

  it('when all is done, then every span of it has its parent there, and each service has a part', () => {
    const orphans = ofUpload().filter((span) => span.parentSpanId !== page && parentOf(span) === undefined);
    expect(orphans).toEqual([]);
    const services = new Set(ofUpload().map(({ service }) => service));
    const wanted = ['gateway', 'metadata', 'video-processing', 'video-storage', 'video-upload'];
    expect([...services]).toEqual(expect.arrayContaining(wanted));
    const kinds = ['piece', 'audio', 'pictures'].map((kind) => `task ${kind}`);
    expect(ofUpload().map(({ name }) => name)).toEqual(expect.arrayContaining([...kinds, 'ffmpeg', 'ffprobe']));
  });

  it('when log lines are written for it, then they name the trace and the span', () => {
    const written = lines.flatMap(({ service, line }) => {
      const fields = line.startsWith('{') ? (JSON.parse(line) as { traceId?: string; spanId?: string }) : {};
      return fields.traceId === traceId ? [{ service, spanId: fields.spanId }] : [];
    });
    const known = new Set(ofUpload().map(({ spanId }) => spanId));
    const services = new Set(written.filter(({ spanId }) => known.has(spanId ?? '')).map(({ service }) => service));
    expect([...services]).toEqual(expect.arrayContaining(['gateway', 'video-upload', 'video-storage']));
  });

  it('then nothing of what was sent, of who sent it or of what opens doors is in spans, metrics or log lines', () => {
    const spans = receiver.bodies.join('\n');
    const log = lines.map(({ line }) => line).join('\n');
    expect(ofUpload().length).toBeGreaterThan(30);
    expect(metrics).toContain('processing_ready_seconds_count 1\n');
    for (const [where, said] of Object.entries({ spans, metrics, log })) {
      const found = secrets.filter((secret) => said.toLowerCase().includes(secret));
      expect({ where, found }).toEqual({ where, found: [] });
      // Tokens, keys of accounts, signatures of addresses, passwords in them, a cookie of a viewer, an e-mail address.
      expect(said).not.toMatch(
        /eyJ[\w-]{10,}\.|AccountKey=\w|[?&]sig=|:\/\/\w+:\w+@|viewer=|[\w.]+@[\w-]+\.[a-z]{2,}/i,
      );
    }
    expect(spans + metrics).not.toMatch(/127\.0\.0\.1|\?[a-z]+=|https?:\/\//i);
  });
});

/** A file in two requests of tus 1.0.0, each of the page's trace; answers the video's id. */
async function upload(viewer: Viewer): Promise<string> {
  const bytes = await clip(4, '320x180');
  const tus = {
    ...traced,
    'tus-resumable': '1.0.0',
    cookie: 'other=canary-cookie',
    authorization: 'Bearer canary-token',
  };
  const said = {
    title: 'Kanarienvogel',
    description: 'canary@example.org',
    filename: 'chirp.mp4',
    filetype: 'video/mp4',
  };
  const metadata = Object.entries(said).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`);
  const created = await viewer.ask('/api/uploads', {
    method: 'POST',
    headers: { ...tus, 'upload-length': String(bytes.length), 'upload-metadata': metadata.join() },
  });
  const half = Math.floor(bytes.length / 2);
  let videoId: string | null = null;
  for (const [start, end] of [
    [0, half],
    [half, bytes.length],
  ] as const) {
    const answer = await viewer.ask(created.headers.get('location') ?? '', {
      method: 'PATCH',
      headers: { ...tus, 'upload-offset': String(start), 'content-type': 'application/offset+octet-stream' },
      body: bytes.subarray(start, end),
    });
    videoId = answer.headers.get('x-video-id');
  }
  if (videoId === null) throw new Error('The upload did not end in a video');
  return videoId;
}
