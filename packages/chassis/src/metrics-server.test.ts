import { afterEach, describe, expect, it } from '@jest/globals';
import { collectingLogger } from '../tests/support/running-app.ts';
import { counterIn, Registry } from './metrics.ts';
import { createMetricsServer, type MetricsServer } from './metrics-server.ts';

let server: MetricsServer;
afterEach(() => server.stop());

describe('the metrics of a public door', () => {
  it('are served on a port of their own, and nothing else is', async () => {
    const registry = new Registry();
    counterIn(registry, { name: 'things_total', help: 'Things' }).inc(2);
    server = createMetricsServer({ registry, host: '127.0.0.1', port: 0, logger: collectingLogger().logger });
    await expect(server.check()).rejects.toMatchObject({ kind: 'unavailable' });
    await server.start();
    await server.check();

    expect(await (await fetch(`${server.url}/metrics`)).text()).toContain('things_total 2\n');
    const other = await fetch(`${server.url}/api/videos`);
    expect([other.status, other.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
  });
});
