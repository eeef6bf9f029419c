import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Video } from '@flixtube/contracts/http/video';

/** metadata, as far as history asks it: the videos of a list. */
export interface FakeMetadata {
  url: string;
  /** Ids of videos that it does not give, to anyone. */
  gone: Set<string>;
  /** Whether it answers 503 to everything. */
  down: boolean;
  close(): Promise<void>;
}

export async function fakeMetadata(): Promise<FakeMetadata> {
  const fake = { gone: new Set<string>(), down: false };
  const server = createServer((req, res) => {
    const { searchParams } = new URL(req.url ?? '', 'http://metadata');
    const ids = (searchParams.get('ids') ?? '').split(',');
    const status = fake.down ? 503 : 200;
    res.writeHead(status, { 'content-type': fake.down ? 'application/problem+json' : 'application/json' });
    const items = ids.filter((id) => !fake.gone.has(id)).map(videoOf);
    res.end(JSON.stringify(fake.down ? { status, title: 'Service Unavailable', detail: 'down' } : { items }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(fake, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}

function videoOf(id: string): Video {
  return {
    id,
    title: `Video ${id}`,
    description: '',
    visibility: 'public',
    status: 'processing',
    failure: null,
    progress: 0,
    createdAt: '2026-03-01T12:00:00.000Z',
    durationSeconds: null,
    width: null,
    height: null,
    sizeBytes: 1,
    contentType: 'video/mp4',
    viewCount: 0,
    owner: null,
    links: { file: `/api/videos/${id}/file`, hls: null, poster: null, storyboard: null, captions: [], chapters: null },
  };
}
