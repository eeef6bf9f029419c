import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Router } from 'express';
import { endingOf, failure, Meeting, MiB, never } from '../tests/support/byte-meeting.ts';
import { type RunningApp, runApp } from '../tests/support/running-app.ts';
import { DomainError } from './errors.ts';
import { route } from './http.ts';

const meeting = new Meeting();
let app: RunningApp | undefined;
afterEach(async () => {
  await meeting.end();
  await app?.close();
  app = undefined;
});

describe('put', () => {
  it.each([3 * MiB, undefined])(
    'sends a body of declared length %s, and gives the JSON that is answered',
    async (contentLength) => {
      const bytes = randomBytes(3 * MiB);
      let asked: { req: IncomingMessage; body: Buffer } | undefined;
      await meeting.with(async (req, res) => {
        asked = { req, body: await buffer(req) };
        res.writeHead(201, { 'Content-Type': 'application/json' }).end('{"key":"a"}');
      });
      const answer = await meeting.client.put(
        '/internal/objects/a',
        Readable.from([bytes.subarray(0, MiB), bytes.subarray(MiB)]),
        {
          signal: never,
          contentType: 'video/mp4',
          query: { accept: 'video/*' },
          ...(contentLength === undefined ? {} : { contentLength }),
        },
      );
      expect(answer).toEqual({ key: 'a' });
      expect(asked?.body.equals(bytes)).toBe(true);
      expect([asked?.req.method, asked?.req.url]).toEqual(['PUT', '/internal/objects/a?accept=video%2F*']);
      expect(asked?.req.headers['content-type']).toBe('video/mp4');
      expect(asked?.req.headers['content-length']).toBe(contentLength?.toString());
    },
  );

  it.each([
    [413, 'too-large'],
    [415, 'unsupported-type'],
    [409, 'conflict'],
  ] as const)(
    '%i before the body is sent: that error with its detail, and the body is let go',
    async (status, kind) => {
      const router = Router();
      route(router, '/thing', {
        PUT: () => {
          throw new DomainError(kind, `Because of ${status}.`);
        },
      });
      app = await runApp([router]);
      meeting.turnTo(app.port);
      for (const contentLength of [2 ** 36, undefined]) {
        let sent = 0;
        const body = new Readable({
          read() {
            sent += 64 * 1024;
            this.push(Buffer.alloc(64 * 1024));
          },
        });
        const error = await failure(
          meeting.client.put('/thing', body, {
            signal: never,
            ...(contentLength === undefined ? {} : { contentLength }),
          }),
        );
        expect(error).toMatchObject({ kind, detail: `Because of ${status}.` });
        expect(body.destroyed).toBe(true);
        expect(sent).toBeLessThan(64 * MiB);
      }
    },
  );

  it.each([10 * MiB, undefined])(
    'a body that fails, of length %s: incomplete at the neighbour, and its own error',
    async (length) => {
      const ending = Promise.withResolvers<{ whole: boolean; bytes: number }>();
      await meeting.with((req) => void endingOf(req).then(ending.resolve));
      const own = new Error('the sender left');
      const body = Readable.from(
        (async function* () {
          yield Buffer.alloc(MiB);
          await new Promise((resolve) => setTimeout(resolve, 50));
          throw own;
        })(),
      );
      const failed = failure(
        meeting.client.put('/', body, { signal: never, ...(length === undefined ? {} : { contentLength: length }) }),
      );
      expect(await failed).toBe(own);
      expect((await ending.promise).whole).toBe(false);
    },
  );

  it.each([10 * MiB, undefined])(
    'a body that is cut without an error, of length %s: incomplete at the neighbour',
    async (length) => {
      const ending = Promise.withResolvers<{ whole: boolean; bytes: number }>();
      const arrived = Promise.withResolvers<void>();
      await meeting.with((req) => {
        void endingOf(req).then(ending.resolve);
        req.once('data', () => arrived.resolve());
      });
      const body = new Readable({ read() {} });
      body.push(Buffer.alloc(MiB));
      const failed = failure(
        meeting.client.put('/', body, { signal: never, ...(length === undefined ? {} : { contentLength: length }) }),
      );
      await arrived.promise;
      body.destroy();
      expect(await failed).toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
      expect((await ending.promise).whole).toBe(false);
    },
  );

  it('a body shorter than it said: incomplete at the neighbour', async () => {
    const ending = Promise.withResolvers<{ whole: boolean; bytes: number }>();
    await meeting.with((req) => void endingOf(req).then(ending.resolve));
    await failure(meeting.client.put('/', Readable.from([Buffer.alloc(100)]), { signal: never, contentLength: 1000 }));
    expect((await ending.promise).whole).toBe(false);
  });

  it('ended by its signal: incomplete at the neighbour, rejects with the reason, and the body is let go', async () => {
    const ending = Promise.withResolvers<{ whole: boolean; bytes: number }>();
    const arrived = Promise.withResolvers<void>();
    await meeting.with((req) => {
      void endingOf(req).then(ending.resolve);
      req.once('data', () => arrived.resolve());
    });
    const abort = new AbortController();
    const body = new Readable({ read() {} });
    body.push(Buffer.alloc(1000));
    const failed = failure(meeting.client.put('/', body, { signal: abort.signal }));
    await arrived.promise;
    const reason = new Error('stopped');
    abort.abort(reason);
    expect(await failed).toBe(reason);
    expect((await ending.promise).whole).toBe(false);
    expect(body.destroyed).toBe(true);
  });

  it('the neighbour dies in the middle: unavailable, and the body is let go', async () => {
    await meeting.with((req) => void req.once('data', () => req.socket.resetAndDestroy()));
    const body = new Readable({
      read() {
        this.push(Buffer.alloc(64 * 1024));
      },
    });
    expect(await failure(meeting.client.put('/', body, { signal: never }))).toMatchObject({ kind: 'unavailable' });
    expect(body.destroyed).toBe(true);
  });

  it('the neighbour takes it all and does not answer: timeout', async () => {
    await meeting.with((req) => void req.resume(), { patience: { storingMs: 300 } });
    const failed = failure(
      meeting.client.put('/', Readable.from([Buffer.alloc(100)]), { signal: never, contentLength: 100 }),
    );
    expect(await failed).toMatchObject({ kind: 'timeout' });
  });

  it('a sender that is slower than that: no timeout', async () => {
    await meeting.with(async (req, res) => void res.end(JSON.stringify((await buffer(req)).length)), {
      patience: { storingMs: 400 },
    });
    const slow = (async function* () {
      for (let i = 0; i < 5; i += 1) {
        await new Promise((resolve) => setTimeout(resolve, 300));
        yield Buffer.alloc(10);
      }
    })();
    expect(await meeting.client.put('/', Readable.from(slow), { signal: never })).toBe(50);
  });

  it('an answer that is no JSON: bad-neighbour', async () => {
    await meeting.with(async (req, res) => {
      await buffer(req);
      res.end('<html>');
    });
    expect(await failure(meeting.client.put('/', Readable.from([]), { signal: never }))).toMatchObject({
      kind: 'bad-neighbour',
    });
  });
});
