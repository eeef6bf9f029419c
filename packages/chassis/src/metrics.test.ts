import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Router } from 'express';
import { type RunningApp, runApp } from '../tests/support/running-app.ts';
import { DomainError } from './errors.ts';
import { route } from './http.ts';
import { Counter, Registry } from './metrics.ts';
import type { Resource } from './service.ts';

describe('GET /metrics', () => {
  let app: RunningApp;
  const registry = new Registry();
  const counter = new Counter({ name: 'things_total', help: 'Things', registers: [registry] });

  beforeAll(async () => {
    const router = Router();
    route(router, '/things/:id', {
      GET: (_req, res) => void res.json({}),
      DELETE: () => {
        throw new DomainError('forbidden', 'No.');
      },
    });
    route(router, '/slow', { GET: () => new Promise(() => {}) });
    app = await runApp([router], { metrics: registry });
  });
  afterAll(() => app.close());

  const metrics = async () => (await fetch(`${app.url}/metrics`)).text();
  /** Asks until it is there: a request is counted when its connection has noticed the end. */
  const metricsWith = async (line: string) => {
    for (const deadline = Date.now() + 5000; ; ) {
      const text = await metrics();
      if (text.includes(line) || Date.now() > deadline) return text;
    }
  };
  const count = (labels: string, n: number) => `http_request_duration_seconds_count{${labels}} ${n}\n`;

  it('has what the process is like, and what the service counts, for whoever gets there', async () => {
    counter.inc(3);
    const answer = await fetch(`${app.url}/metrics`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    const text = await answer.text();
    expect(text).toContain('things_total 3\n');
    expect(text).toMatch(/^process_resident_memory_bytes \d+/m);
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
  });

  it('has requests by the pattern of their route, their method and the class of their status', async () => {
    for (const id of [1, 2]) await fetch(`${app.url}/things/${id}?secret=1`);
    await fetch(`${app.url}/things/1`, { method: 'DELETE' });
    await fetch(`${app.url}/things/1`, { method: 'PUT' });
    await fetch(`${app.url}/no/such/thing`);
    const expected = [
      count('route="/things/:id",method="GET",status="2xx"', 2),
      count('route="/things/:id",method="DELETE",status="4xx"', 1),
      count('route="/things/:id",method="PUT",status="4xx"', 1),
      count('route="other",method="GET",status="4xx"', 1),
    ];
    for (const line of expected) expect(await metricsWith(line)).toContain(line);
    expect(await metrics()).not.toMatch(/secret|such/);
  });

  it('has a client that left before there was an answer', async () => {
    const socket = connect(app.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
    setTimeout(() => socket.destroy(), 50);
    const line = count('route="/slow",method="GET",status="none"', 1);
    expect(await metricsWith(line)).toContain(line);
  });

  it('leaves out itself and health, here and in the log', async () => {
    await fetch(`${app.url}/health/live`);
    const text = await metrics();
    expect(text).not.toMatch(/route="\/(metrics|health)/);
    expect(app.lines.filter(({ path }) => path === '/metrics')).toEqual([]);
  });

  it('has what readiness says of each resource', async () => {
    const resource = (name: string, check: () => Promise<void>): Resource => {
      return { name, check, start: async () => {}, stop: async () => {} };
    };
    const away = () => Promise.reject(new DomainError('unavailable', 'Away.'));
    const standing = await runApp([], { resources: [resource('here', async () => {}), resource('away', away)] });
    await standing.service.started();
    const text = await (await fetch(`${standing.url}/metrics`)).text();
    expect(text).toContain('dependency_up{dependency="here"} 1\n');
    expect(text).toContain('dependency_up{dependency="away"} 0\n');
    await standing.close();
  });

  it('does not exist at a public door', async () => {
    const door = await runApp([], { showsMetrics: false });
    expect((await fetch(`${door.url}/metrics`)).status).toBe(404);
    await door.close();
  });

  it('is of each service alone, when several run in one process', async () => {
    const other = await runApp([]);
    const text = await (await fetch(`${other.url}/metrics`)).text();
    expect(text).toContain('process_resident_memory_bytes');
    expect(text).not.toContain('things_total');
    await other.close();
  });
});
