/*
 * FlixTube under its three kinds of people at once, by k6: `npm run load`. Settings are k6's environment variables:
 *   URL                                  where the gateway is
 *   VIEWERS, PUBLISHERS, SEARCHERS       how many of each there are, at most
 *   SECONDS                              how long all of them are there, after RAMP seconds in which they come
 *   WATCH                                seconds that a viewer watches one video for
 */

import { check, fail, sleep } from 'k6';
import encoding from 'k6/encoding';
import exec from 'k6/execution';
import http from 'k6/http';
import { Counter, Rate, Trend } from 'k6/metrics';
import { playlist, ratesOf, segmentsOf } from './playlists.js';

const base = __ENV.URL;
const number = (name, byDefault) => Number(__ENV[name] || byDefault);
const seconds = number('SECONDS', 60);
const ramp = number('RAMP', 10);
const watch = number('WATCH', 30);
const file = open(__ENV.FILE, 'b');

const stalls = new Counter('stalls');
const stalled = new Rate('stalled_time');
const startUp = new Trend('start_up', true);
const published = new Counter('published');

function people(name, byDefault) {
  const target = number(name.toUpperCase(), byDefault);
  if (target === 0) return {};
  const stages = [
    { duration: `${ramp}s`, target },
    { duration: `${seconds}s`, target },
  ];
  return {
    [name]: { executor: 'ramping-vus', exec: name, startVUs: 0, stages, gracefulStop: '30s', gracefulRampDown: '30s' },
  };
}

/** Of one kind of request, told apart by a tag: in which time its answer begins. */
const ttfb = (kind, p95) => ({ [`http_req_waiting{kind:${kind}}`]: [`p(95)<${p95 * number('SLOWNESS', 1)}`] });

export const options = {
  scenarios: { ...people('viewers', 20), ...people('publishers', 2), ...people('searchers', 5) },
  thresholds: {
    http_req_failed: ['rate<0.001'],
    checks: ['rate>0.999'],
    // Of the time that viewers have watched, or would have; three in a thousand is one stall of a second in five minutes.
    stalled_time: ['rate<0.003'],
    start_up: [`p(95)<${2_000 * number('SLOWNESS', 1)}`],
    ...ttfb('page', 300),
    ...ttfb('list', 300),
    ...ttfb('search', 500),
    ...ttfb('playlist', 300),
    ...ttfb('segment', 500),
    ...ttfb('progress', 300),
    ...ttfb('upload', 3_000),
  },
  summaryTrendStats: ['med', 'p(90)', 'p(95)', 'p(99)', 'max'],
  // What one viewer reads does not stay in the memory of the generator.
  discardResponseBodies: true,
};

/** Videos that can be watched adaptively, for all viewers; some are there before, by `npm start` and by Compose. */
export function setup() {
  const videos = json(get('/api/videos?limit=100', 'list', { text: true })).items;
  const playable = videos
    .filter(({ links }) => links.hls !== null)
    .map(({ id, title, links }) => ({ id, title, poster: links.poster }));
  if (playable.length === 0) fail(`no video at ${base} can be watched adaptively yet: upload one and wait`);
  return { playable };
}

/** Opens the home page and a video, plays it at the rate of one of its renditions, seeks once, and tells its progress. */
export function viewers({ playable }) {
  const opened = Date.now();
  get('/', 'page');
  get('/api/videos?limit=24', 'list');
  sleep(Math.random() * 3);
  const { id, poster } = pick(playable);
  const clicked = Date.now();
  get(`/watch/${id}`, 'page');
  get(`/api/videos/${id}`, 'list');
  // One that is still being processed may be played before it has a picture.
  if (poster !== null) get(poster, 'picture');
  const hls = `${base}/api/videos/${id}/hls/`;
  const rates = ratesOf(text(`/api/videos/${id}/hls/main.m3u8`, 'playlist'));
  const tracks = [pick(rates.video) || rates.only, rates.audio].filter((name) => name);
  const lists = tracks.map((name) => playlist(text(`/api/videos/${id}/hls/${name}`, 'playlist'), hls));
  for (const { init } of lists) segment(init);

  const session = `load-${exec.vu.idInTest}-${opened}`;
  const buffer = { at: 0, startedAt: 0, stalledMs: 0, nextReport: 10 };
  const length = Math.max(...lists.map(({ duration }) => duration));
  const until = Math.min(watch, length);
  const jump = until > 20 ? until / 2 : Number.POSITIVE_INFINITY;
  let watched = 0;
  for (let from = 0, jumped = false; watched < until && from < length; ) {
    const seconds = Math.min(4, length - from, until - watched);
    for (const list of lists) for (const one of segmentsOf(list, from, from + seconds)) segment(one);
    const now = Date.now();
    if (buffer.startedAt === 0) {
      buffer.startedAt = now;
      startUp.add(now - clicked);
    }
    // What has been fetched plays until here; if that moment is over, the picture stood still since.
    const runsOut = buffer.startedAt + watched * 1_000 + buffer.stalledMs;
    if (watched > 0 && now > runsOut) {
      stalls.add(1);
      buffer.stalledMs += now - runsOut;
    }
    watched += seconds;
    from += seconds;
    if (watched >= buffer.nextReport) {
      progress(id, session, from, watched);
      buffer.nextReport += 10;
    }
    if (!jumped && watched >= jump) {
      jumped = true;
      from = Math.min(length - 4, from + length / 4);
    }
    // Twelve seconds ahead, and then as fast as it plays.
    const ahead = buffer.startedAt + watched * 1_000 + buffer.stalledMs - Date.now();
    if (ahead > 12_000) sleep((ahead - 12_000) / 1_000);
  }
  progress(id, session, watched, watched);
  for (let second = 0; second < watched; second += 0.1) stalled.add(second * 1_000 < buffer.stalledMs);
}

/** Uploads a file by tus, in two pieces, and takes the video away again. */
export function publishers() {
  const metadata = [
    ['filename', 'load.mp4'],
    ['filetype', 'video/mp4'],
    ['title', `Load ${exec.vu.idInTest}`],
    // Nobody else finds what only makes load.
    ['visibility', 'private'],
  ];
  const tus = { 'Tus-Resumable': '1.0.0' };
  const created = http.post(`${base}/api/uploads`, null, {
    headers: {
      ...tus,
      'Upload-Length': String(file.byteLength),
      'Upload-Metadata': metadata.map(([name, value]) => `${name} ${encoding.b64encode(value)}`).join(','),
    },
    tags: { kind: 'upload', name: 'POST /api/uploads' },
  });
  if (!check(created, { 'the upload is made': ({ status }) => status === 201 })) return sleep(1);
  const url = /^https?:/.test(created.headers.Location) ? created.headers.Location : base + created.headers.Location;
  const half = Math.floor(file.byteLength / 2);
  let last;
  for (const [from, to] of [
    [0, half],
    [half, file.byteLength],
  ]) {
    last = http.patch(url, file.slice(from, to), {
      headers: { ...tus, 'Upload-Offset': String(from), 'Content-Type': 'application/offset+octet-stream' },
      tags: { kind: 'upload', name: 'PATCH /api/uploads/:id' },
      timeout: '120s',
    });
    if (!check(last, { 'a piece is taken': ({ status }) => status === 204 })) return sleep(1);
  }
  const id = last.headers['X-Video-Id'];
  check(id, { 'the upload is a video': (given) => Boolean(given) });
  published.add(1);
  sleep(5 + Math.random() * 10);
  const gone = http.del(`${base}/api/videos/${id}`, null, { tags: { kind: 'other', name: 'DELETE /api/videos/:id' } });
  check(gone, { 'the video is taken away': ({ status }) => status === 204 });
}

/** Types a word, reads what is found, and asks for the next page of it. */
export function searchers({ playable }) {
  const words = pick(playable)
    .title.split(/\s+/)
    .filter((word) => word.length > 2);
  const word = pick(words) || 'video';
  for (const typed of [word.slice(0, 3), word]) {
    get(`/api/videos?query=${encodeURIComponent(typed)}&limit=24`, 'search');
    sleep(0.3 + Math.random());
  }
  get('/api/videos?sort=popular&limit=24', 'list');
  sleep(2 + Math.random() * 4);
}

function segment({ url, range }) {
  const answer = http.get(url, {
    headers: range === undefined ? {} : { Range: range },
    tags: { kind: 'segment', name: 'segment' },
    timeout: '30s',
  });
  check(answer, { 'a segment comes': ({ status }) => status === 200 || status === 206 });
}

function progress(id, sessionId, positionSeconds, watchedSeconds) {
  const answer = http.post(
    `${base}/api/videos/${id}/progress`,
    JSON.stringify({ sessionId, positionSeconds, watchedSeconds }),
    { headers: { 'Content-Type': 'application/json' }, tags: { kind: 'progress', name: 'POST progress' } },
  );
  check(answer, { 'progress is taken': ({ status }) => status === 202 });
}

function get(path, kind, { text: wanted = false } = {}) {
  const answer = http.get(base + path, {
    headers: { Accept: kind === 'page' ? 'text/html' : '*/*' },
    // Else each address would be a series of its own.
    tags: { kind, name: kind },
    responseType: wanted ? 'text' : 'none',
  });
  check(answer, { 'an answer is 200': ({ status }) => status === 200 });
  return answer;
}

function text(path, kind) {
  return get(path, kind, { text: true }).body || '';
}

function json({ body }) {
  return JSON.parse(body);
}

function pick(among) {
  return among[Math.floor(Math.random() * among.length)];
}
