import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect, createServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import express, { Router } from 'express';
import request from 'supertest';
import { collectingLogger, logged, type RunningApp, runApp } from '../tests/support/running-app.ts';
import { DomainError } from './errors.ts';
import { route } from './http.ts';
import { createService, type Health, type Resource } from './service.ts';

let app: RunningApp;
afterEach(() => app?.close());

/** A resource that notes what is done to it, and does what `overrides` say. */
function resource(name: string, events: string[] = [], overrides: Partial<Resource> = {}): Resource {
  const note = (what: string) => async () => void events.push(`${name} ${what}`);
  return {
    name,
    start: note('start'),
    check: async () => {},
    quiesce: note('quiesce'),
    stop: note('stop'),
    ...overrides,
  };
}

/** A route that answers when it is told to. */
function heldRoute() {
  const router = Router();
  const arrived = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  route(router, '/held', {
    GET: async (_req, res) => {
      arrived.resolve();
      await released.promise;
      res.json({ done: true });
    },
  });
  return { router, arrived: arrived.promise, release: released.resolve };
}

const readiness = () => request(app.url).get('/health/ready');

describe('a service that starts', () => {
  it('is alive and not ready, when a backend is not there yet, and ready once it is', async () => {
    let failures = 2;
    const late = resource('mongodb', [], {
      start: async () => {
        if (failures-- > 0) throw new Error('connect ECONNREFUSED 10.0.0.1:27017');
      },
    });
    app = await runApp([], { resources: [late, resource('rabbitmq')] });
    expect((await request(app.url).get('/health/live')).status).toBe(200);
    const before = await readiness();
    expect([before.status, before.type]).toEqual([503, 'application/problem+json']);
    expect(before.body.checks).toEqual({
      mongodb: { ok: false, detail: 'has not started yet' },
      rabbitmq: { ok: true },
    });
    expect(before.body.detail).toBe('Not ready: mongodb.');
    await app.service.started();
    const after = await readiness();
    expect([after.status, after.body]).toEqual([
      200,
      { status: 'ready', checks: { mongodb: { ok: true }, rabbitmq: { ok: true } } },
    ]);
    expect(app.lines.filter(({ msg }) => msg === 'resource did not start')).toHaveLength(2);
  });

  it('starts every other resource, when one of them never ends its start', async () => {
    const stuck = resource('mongodb', [], { start: () => new Promise(() => {}) });
    app = await runApp([], { resources: [stuck, resource('rabbitmq')] });
    await logged(app.lines, ({ msg, resource }) => msg === 'resource started' && resource === 'rabbitmq');
    expect((await readiness()).body.checks.mongodb.ok).toBe(false);
  });

  it('says what to do, when its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    await expect(runApp([], { port })).rejects.toThrow(
      `Cannot listen: port ${port} is already taken by another program. Stop that one, or set PORT to a free port.`,
    );
    other.close();
  });
});

describe('readiness', () => {
  it('tells a domain error’s sentence and no driver’s words, when a check fails', async () => {
    const sentence = resource('rabbitmq', [], {
      check: async () => {
        throw new DomainError('unavailable', 'is reconnecting');
      },
    });
    const driver = resource('mongodb', [], { check: () => Promise.reject(new Error('MongoNetworkError 10.0.0.1')) });
    app = await runApp([], { resources: [sentence, driver] });
    await app.service.started();
    expect((await readiness()).body.checks).toEqual({
      rabbitmq: { ok: false, detail: 'is reconnecting' },
      mongodb: { ok: false, detail: 'is not usable now' },
    });
  });

  it('is answered within two seconds, when a check hangs, and asks once for many who ask', async () => {
    let asked = 0;
    const hanging = resource('mongodb', [], {
      check: () => {
        asked++;
        return new Promise(() => {});
      },
    });
    app = await runApp([], { resources: [hanging] });
    await app.service.started();
    const begun = performance.now();
    const answers = await Promise.all([readiness(), readiness(), readiness()]);
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect(asked).toBe(1);
    for (const { body } of answers) expect(body.checks.mongodb.detail).toBe('did not answer within 1000 ms');
  });
});

describe('a service that stops', () => {
  it('ends the work in hand and takes no more, then stops its resources in reverse order', async () => {
    const events: string[] = [];
    const held = heldRoute();
    app = await runApp([held.router], { resources: [resource('mongodb', events), resource('rabbitmq', events)] });
    await app.service.started();
    const answer = request(app.url)
      .get('/held')
      .then((it) => it);
    await held.arrived;
    const stopped = app.service.stop();
    await logged(app.lines, ({ msg }) => msg === 'stopping');
    await new Promise(setImmediate);
    const refused = connect(app.port, '127.0.0.1');
    expect(await once(refused, 'error')).toMatchObject([{ code: 'ECONNREFUSED' }]);
    expect(events).toEqual(['mongodb start', 'rabbitmq start', 'mongodb quiesce', 'rabbitmq quiesce']);
    held.release();
    expect((await answer).body).toEqual({ done: true });
    await stopped;
    expect(events.slice(4)).toEqual(['rabbitmq stop', 'mongodb stop']);
  });

  it('says that it is not ready, when it has only begun to stop', async () => {
    const { logger } = collectingLogger();
    const asked: Health[] = [];
    const service = createService({
      name: 'test',
      host: '127.0.0.1',
      port: 0,
      shutdownSeconds: 1,
      logger,
      resources: [resource('mongodb')],
      app: (health) => {
        asked.push(health);
        return express();
      },
    });
    await service.start();
    await service.started();
    expect((await asked[0]?.report())?.ready).toBe(true);
    const stopped = service.stop();
    expect((await asked[0]?.report())?.ready).toBe(false);
    await stopped;
  });

  it('works on while it drains, and ends each connection with its answer', async () => {
    app = await runApp([], {});
    const agent = new Agent({ keepAlive: true });
    const ask = () =>
      new Promise<IncomingMessage>((resolve, reject) => {
        get(`${app.url}/health/live`, { agent }, (res) => resolve(res.resume())).once('error', reject);
      });
    expect((await ask()).headers.connection).toBe('keep-alive');
    const begun = performance.now();
    const stopped = app.service.stop({ drainSeconds: 0.5 });
    // The first one comes on the connection that was kept, the second on a new one.
    for (let count = 0; count < 2; count += 1) {
      const { statusCode, headers } = await ask();
      expect({ statusCode, connection: headers.connection }).toEqual({ statusCode: 200, connection: 'close' });
    }
    await stopped;
    expect(performance.now() - begun).toBeGreaterThanOrEqual(490);
    await expect(ask()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    agent.destroy();
  });

  it('drains no longer, when it is told to hasten', async () => {
    app = await runApp([], {});
    const stopped = app.service.stop({ drainSeconds: 60 });
    await app.service.stop({ hasten: true });
    await stopped;
  });

  it('closes connections that wait for their next request, at once and after the work in hand', async () => {
    const held = heldRoute();
    app = await runApp([held.router], { shutdownSeconds: 30 });
    const agent = new Agent({ keepAlive: true });
    const ask = (path: string) =>
      new Promise<IncomingMessage>((resolve, reject) => {
        get(`${app.url}${path}`, { agent }, resolve).once('error', reject);
      });
    (await ask('/health/live')).resume();
    const answer = ask('/held');
    await held.arrived;
    const begun = performance.now();
    const stopped = app.service.stop();
    await logged(app.lines, ({ msg }) => msg === 'stopping');
    await new Promise(setImmediate);
    held.release();
    expect((await answer).resume().headers.connection).toBe('close');
    await stopped;
    expect(performance.now() - begun).toBeLessThan(1_000);
    agent.destroy();
  });

  it('cuts what is still in hand, when the deadline is over', async () => {
    const events: string[] = [];
    const held = heldRoute();
    const busy = resource('rabbitmq', events, { quiesce: () => new Promise(() => {}) });
    app = await runApp([held.router], { shutdownSeconds: 0.2, resources: [busy] });
    await app.service.started();
    const answer = request(app.url)
      .get('/held')
      .then(
        () => 'answered',
        (error) => error.code,
      );
    await held.arrived;
    await app.service.stop();
    expect(await answer).toBe('ECONNRESET');
    expect(events).toEqual(['rabbitmq start', 'rabbitmq stop']);
  });

  it('waits no longer for the work in hand, when it is told to hasten', async () => {
    const held = heldRoute();
    app = await runApp([held.router], { shutdownSeconds: 60 });
    const answer = request(app.url)
      .get('/held')
      .then(
        () => 'answered',
        (error) => error.code,
      );
    await held.arrived;
    const first = app.service.stop();
    const second = app.service.stop({ hasten: true });
    await Promise.all([first, second]);
    expect(await answer).toBe('ECONNRESET');
  });

  it('stops each resource once, when stop() is called again and again', async () => {
    const events: string[] = [];
    app = await runApp([], { resources: [resource('mongodb', events)] });
    await app.service.started();
    await Promise.all([app.service.stop(), app.service.stop()]);
    await app.service.stop();
    expect(events.filter((event) => event === 'mongodb stop')).toHaveLength(1);
  });

  it('stops the others too, when one resource fails to stop and one never ends', async () => {
    const events: string[] = [];
    const failing = resource('failing', events, { stop: () => Promise.reject(new Error('no')) });
    const stuck = resource('stuck', events, { stop: () => new Promise(() => {}) });
    app = await runApp([], { shutdownSeconds: 0.1, resources: [resource('mongodb', events), failing, stuck] });
    await app.service.started();
    await app.service.stop();
    expect(events).toContain('mongodb stop');
  });

  it('tries no longer to start what has not started, and releases what starts too late', async () => {
    const events: string[] = [];
    const begun = Promise.withResolvers<void>();
    const late = resource('late', events, { start: () => begun.promise });
    const absent = resource('absent', events, { start: () => Promise.reject(new Error('no')) });
    app = await runApp([], { resources: [late, absent] });
    await logged(app.lines, ({ msg }) => msg === 'resource did not start');
    await app.service.stop();
    begun.resolve();
    await new Promise(setImmediate);
    expect(events).toEqual(['absent stop', 'late stop', 'late stop']);
    expect(app.lines.filter(({ msg }) => msg === 'resource did not start')).toHaveLength(1);
  });
});
