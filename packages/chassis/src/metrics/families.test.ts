import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createByteClient } from '../byte-client.ts';
import { Secret } from '../config.ts';
import { createIdentity } from '../identity.ts';
import { createJsonClient } from '../json-client.ts';
import { counterIn, meterCache, meterSlots, Registry, watch } from '../metrics.ts';

const identity = createIdentity({ secret: new Secret('only for tests, and long enough for them'), service: 'test' });
const values = async (registry: Registry) =>
  (await registry.metrics()).split('\n').filter((line) => /^[^#]/.test(line));

describe('what several parts of a service count', () => {
  it('is one counter by its name', async () => {
    const registry = new Registry();
    for (const by of [1, 2]) counterIn(registry, { name: 'things_total', help: 'Things' }).inc(by);
    expect(await values(registry)).toEqual(['things_total 3']);
  });

  it('is looked at when it is asked for, and left out where nobody knows it', async () => {
    const registry = new Registry();
    let level = 1;
    watch(registry, { name: 'level', help: 'Level' }, () => [{ value: level }]);
    watch(registry, { name: 'unknown', help: 'Unknown' }, () => Promise.reject(new Error('away')));
    level = 7;
    expect(await values(registry)).toEqual(['level 7']);
  });

  it('has a part of each that has a part in a gauge, and forgets what is no more', async () => {
    const registry = new Registry();
    const family = { name: 'rooms', help: 'Rooms', labelNames: ['floor'] };
    const upper = [{ labels: { floor: '2' }, value: 5 }];
    watch(registry, family, () => [{ labels: { floor: '1' }, value: 3 }]);
    watch(registry, family, () => upper);
    expect(await values(registry)).toEqual(['rooms{floor="1"} 3', 'rooms{floor="2"} 5']);
    upper.pop();
    expect(await values(registry)).toEqual(['rooms{floor="1"} 3']);
  });
});

describe('a cache', () => {
  it('shows what it was asked for, and how full it is', async () => {
    const registry = new Registry();
    const meter = meterCache(registry, { cache: 'titles', entries: () => 4, bytes: () => 99 });
    for (const found of [true, false, true]) meter.asked(found);
    expect(await values(registry)).toEqual([
      'cache_requests_total{cache="titles",outcome="hit"} 2',
      'cache_requests_total{cache="titles",outcome="miss"} 1',
      'cache_entries{cache="titles"} 4',
      'cache_bytes{cache="titles"} 99',
    ]);
  });
});

describe('what is bounded', () => {
  it('shows how much is taken, how much there is, and who waits', async () => {
    const registry = new Registry();
    meterSlots(registry, { what: 'rooms', used: () => 2, limit: 3, waiting: () => 1 });
    meterSlots(registry, { what: 'beds', used: () => 0, limit: 6 });
    expect(await values(registry)).toEqual([
      'slots_used{what="rooms"} 2',
      'slots_used{what="beds"} 0',
      'slots_limit{what="rooms"} 3',
      'slots_limit{what="beds"} 6',
      'slots_waiting{what="rooms"} 1',
    ]);
  });
});

describe('calls to a neighbour', () => {
  let server: Server;
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  async function neighbour(): Promise<string> {
    server = createServer((req, res) => {
      if (req.url === '/no?secret=1') {
        res.writeHead(404, { 'content-type': 'application/problem+json' }).end('{"detail":"Not there."}');
      } else {
        res.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('are there by neighbour, method and class of the status, without what was asked', async () => {
    const metrics = new Registry();
    const client = { baseUrl: await neighbour(), identity, name: 'metadata', metrics };
    const json = createJsonClient(client);
    const bytes = createByteClient(client);
    const { signal } = new AbortController();
    await json.post('/yes');
    await json.get('/no?secret=1').catch(() => {});
    (await bytes.get('/yes', { signal })).body.resume();
    await bytes.get('/no?secret=1', { signal }).catch(() => {});
    json.close();
    await bytes.close();
    await createJsonClient({ ...client, baseUrl: 'http://127.0.0.1:1' })
      .post('/yes')
      .catch(() => {});

    const text = await metrics.metrics();
    const count = (method: string, status: string, n: number) =>
      `neighbour_request_duration_seconds_count{neighbour="metadata",method="${method}",status="${status}"} ${n}\n`;
    const expected = [
      count('POST', '2xx', 1),
      count('GET', '2xx', 1),
      count('GET', '4xx', 2),
      count('POST', 'none', 1),
    ];
    for (const line of expected) expect(text).toContain(line);
    expect(text).toContain('slots_limit{what="streams-metadata"} 1000\n');
    expect(text).not.toMatch(/secret|yes/);
  });
});
