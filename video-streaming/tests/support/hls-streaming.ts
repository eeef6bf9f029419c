import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newId } from '@flixtube/chassis/ids';
import type { HlsManifest } from '@flixtube/contracts/hls-manifest';
import type { InternalVideo } from '@flixtube/contracts/http/internal';
import { startStreaming, type TestStreaming } from './streaming.ts';

const run = promisify(execFile);

/** Of the processing that has made the clip. */
export const processingId = newId();

/** What processing has made: a manifest, and the objects that it names. */
interface Made {
  manifest: HlsManifest;
  objects: Map<string, Buffer>;
}

interface Answer {
  status: number;
  headers: Headers;
  body: Buffer;
}

/** The service, with a clip that can be streamed. */
export interface HlsStreaming {
  streaming: TestStreaming;
  made: Made;
  /** A video with all that processing has made of it. */
  add(
    given?: Partial<Pick<InternalVideo, 'visibility' | 'ownerId' | 'captions' | 'chapters'>> & {
      manifest?: HlsManifest;
    },
  ): InternalVideo;
  /** A request below /api/videos/, of a viewer of its own unless said. */
  ask(path: string, init?: { viewer?: string; method?: string; headers?: Record<string, string> }): Promise<Answer>;
  /** A door before the service that says who is calling, as the gateway does. */
  door(): Promise<{ url: string; close(): void }>;
}

export async function startHlsStreaming(env: Record<string, string> = {}): Promise<HlsStreaming> {
  const [streaming, made] = await Promise.all([startStreaming(env), encode()]);

  const add: HlsStreaming['add'] = (given = {}) => {
    const video = streaming.add(given);
    const at = (name: string) => `videos/${video.id}/hls/${processingId}/${name}`;
    const moved = JSON.parse(JSON.stringify(given.manifest ?? made.manifest), (key, value) =>
      key === 'key' ? at(value) : value,
    );
    for (const [name, bytes] of made.objects) streaming.storage.put(at(name), bytes);
    streaming.storage.put(at('manifest'), Buffer.from(JSON.stringify(moved)));
    streaming.storage.put(at('poster'), Buffer.from('a poster'));
    streaming.storage.put(at('vtt'), Buffer.from('WEBVTT'));
    streaming.storage.put(at('sprite'), Buffer.from('a sprite'));
    const full = {
      ...video,
      captions: given.captions ?? [],
      chapters: given.chapters ?? null,
      manifest: at('manifest'),
      poster: { key: at('poster'), contentType: 'image/jpeg' },
      storyboard: { vtt: at('vtt'), sprites: [at('sprite')] },
    };
    streaming.metadata.videos.set(video.id, full);
    return full;
  };

  const ask: HlsStreaming['ask'] = async (path, init = {}) => {
    const { viewer = newId(), method = 'GET', headers = {} } = init;
    const response = await fetch(`${streaming.url}/api/videos/${path}`, {
      method,
      redirect: 'manual',
      headers: { ...(await streaming.by(viewer)), ...headers },
    });
    return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
  };

  async function door(): Promise<{ url: string; close(): void }> {
    const viewer = newId();
    const server = createServer(async (req, res) => {
      const range = req.headers.range;
      const answer = await ask(String(req.url).replace('/api/videos/', ''), {
        viewer,
        headers: range ? { range } : {},
      });
      res.writeHead(answer.status, Object.fromEntries(answer.headers)).end(answer.body);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
  }

  return { streaming, made, add, ask, door };
}

/** Two renditions and a sound track of 8 s, in fragments that are segments. */
async function encode(): Promise<Made> {
  const folder = await mkdtemp(join(tmpdir(), 'flixtube-hls-'));
  const objects = new Map<string, Buffer>();
  const track = async (name: string, input: string, codec: string[], timescale: number) => {
    const file = join(folder, `${name}.mp4`);
    const fragments = ['-movflags', 'empty_moov+default_base_moof+frag_keyframe+negative_cts_offsets'];
    const source = ['-f', 'lavfi', '-i', input, '-t', '8'];
    const more = [
      '-video_track_timescale',
      String(timescale),
      ...(name.startsWith('audio') ? ['-frag_duration', '4000000'] : fragments.slice(2)),
    ];
    await run('ffmpeg', ['-v', 'error', ...source, ...codec, ...fragments, ...more, file]);
    const bytes = await readFile(file);
    const boxes: { type: string; start: number; end: number }[] = [];
    for (let at = 0; at < bytes.length; at = boxes.at(-1)?.end as number) {
      boxes.push({ type: bytes.toString('latin1', at + 4, at + 8), start: at, end: at + bytes.readUInt32BE(at) });
    }
    const moofs = boxes.filter(({ type }) => type === 'moof');
    const first = moofs[0]?.start as number;
    const lastMdat = boxes.findLast(({ type }) => type === 'mdat')?.end as number;
    const segments = moofs.map(({ start, end }, n) => {
      const length = (moofs[n + 1]?.start ?? lastMdat) - start;
      const ticks = (timescale * 8) / moofs.length;
      return { start: start - first, length, ticks, keyframes: [{ start: start - first, length: end - start, ticks }] };
    });
    objects.set(`${name}/init`, bytes.subarray(0, first));
    objects.set(`${name}/0`, bytes.subarray(first, lastMdat));
    return { init: { key: `${name}/init`, start: 0, length: first }, parts: [{ key: `${name}/0`, segments }] };
  };
  const h264 = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-g',
    '50',
    '-keyint_min',
    '50',
    '-sc_threshold',
    '0',
    '-bf',
    '0',
  ];
  const video = async (name: string, width: number, height: number) => ({
    name,
    width,
    height,
    frameRate: 25,
    timescale: 12_800,
    codecs: 'avc1.42c00d',
    ...(await track(name, `testsrc2=size=${width}x${height}:rate=25`, [...h264, '-pix_fmt', 'yuv420p'], 12_800)),
  });
  const audio = {
    name: 'audio-0',
    label: 'Sound',
    language: null,
    channels: 1,
    timescale: 48_000,
    codecs: 'mp4a.40.2',
    ...(await track('audio-0', 'sine=frequency=440:sample_rate=48000', ['-c:a', 'aac'], 48_000)),
  };
  const manifest: HlsManifest = {
    processingId,
    complete: true,
    video: [await video('120p', 214, 120), await video('180p', 320, 180)],
    audio: [
      {
        ...audio,
        parts: audio.parts.map((part) => ({
          ...part,
          segments: part.segments.map((one) => ({ ...one, keyframes: [] })),
        })),
      },
    ],
  };
  await rm(folder, { recursive: true });
  return { manifest, objects };
}
