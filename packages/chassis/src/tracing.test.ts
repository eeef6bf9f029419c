import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { Router } from 'express';
import { collectingLogger, logged, type RunningApp, runApp, testSecret } from '../tests/support/running-app.ts';
import { DomainError } from './errors.ts';
import { route } from './http.ts';
import { createIdentity } from './identity.ts';
import { createJsonClient } from './json-client.ts';
import { currentTrace, entered, recordWith, spanned } from './trace.ts';
import { startTracing } from './tracing.ts';

const traceId = 'a'.repeat(32);
const traceparent = `00-${traceId}-${'b'.repeat(16)}-01`;

describe('what is recorded', () => {
  const exporter = new InMemorySpanExporter();
  const spans = () =>
    exporter.getFinishedSpans().map((span) => ({
      name: span.name,
      kind: span.kind,
      id: span.spanContext().spanId,
      traceId: span.spanContext().traceId,
      parent: span.parentSpanContext?.spanId,
      attributes: span.attributes,
      status: span.status.code,
    }));
  const spanOf = async (name: string) => {
    for (;;) {
      const found = spans().find((span) => span.name === name);
      if (found !== undefined) return found;
      await new Promise(setImmediate);
    }
  };
  let app: RunningApp | undefined;

  beforeEach(() => {
    exporter.reset();
    recordWith(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer('test'));
  });
  afterEach(async () => {
    recordWith(undefined);
    await app?.close();
    app = undefined;
  });

  it('is a request by the pattern of its route, and the calls that it makes, and nothing that was sent', async () => {
    const router = Router();
    const client = () =>
      createJsonClient({
        baseUrl: app?.url ?? '',
        identity: createIdentity({ secret: testSecret, service: 'test' }),
        name: 'metadata',
      });
    let passedOn: string | undefined;
    route(router, '/outer/:id', {
      GET: async (_req, res) => void res.json((await client().get('/inner?secret=1', { timeout: 3_000 })).data),
    });
    route(router, '/inner', {
      GET: (req, res) => {
        passedOn = req.get('traceparent');
        res.json({});
      },
    });
    app = await runApp([router], {});
    await fetch(`${app.url}/outer/hunter2?secret=1`, { headers: { traceparent, cookie: 'hunter2' } });

    const [outer, call, inner] = [
      await spanOf('GET /outer/:id'),
      await spanOf('GET metadata'),
      await spanOf('GET /inner'),
    ];
    expect([outer.traceId, call.traceId, inner.traceId]).toEqual([traceId, traceId, traceId]);
    expect([outer.parent, call.parent, inner.parent]).toEqual(['b'.repeat(16), outer.id, call.id]);
    expect([outer.kind, call.kind, inner.kind]).toEqual([1, 2, 1]);
    expect(passedOn).toBe(`00-${traceId}-${call.id}-01`);
    expect(outer.attributes).toEqual({
      'http.request.method': 'GET',
      'http.route': '/outer/:id',
      'http.response.status_code': 200,
    });
    expect(JSON.stringify(spans())).not.toMatch(/hunter2|secret|127\.0\.0\.1/);
    const line = await logged(app.lines, ({ path }) => path === '/outer/hunter2');
    expect([line.traceId, line.spanId]).toEqual([traceId, outer.id]);
  });

  it('is a failure by its kind, without its words', async () => {
    await entered('work', { role: 'consumer', traceparent }, () =>
      spanned('step', {}, () => Promise.reject(new DomainError('conflict', 'It is called hunter2 already.'))),
    ).catch(() => {});
    expect(spans()).toMatchObject([
      { name: 'step', status: 2, attributes: { 'error.type': 'conflict' } },
      { name: 'work', status: 2, attributes: { 'error.type': 'conflict' } },
    ]);
    expect(JSON.stringify(spans())).not.toContain('hunter2');
  });

  it('is neither health nor metrics, nor what runs by itself', async () => {
    app = await runApp([]);
    for (const path of ['/health/live', '/metrics']) await (await fetch(`${app.url}${path}`)).text();
    await spanned('sweep', {}, async () => {});
    await (await fetch(`${app.url}/nothing`)).text();
    await spanOf('GET');
    expect(spans().map(({ name }) => name)).toEqual(['GET']);
  });

  it('is about one in a hundred of requests that are plentiful, and of the others what they call is not either', async () => {
    const router = Router();
    const flags: (string | undefined)[] = [];
    route(router, '/segment', {
      GET: (_req, res) => {
        flags.push(currentTrace()?.traceparent.slice(-2));
        res.json({});
      },
    });
    app = await runApp([router], { isPlentiful: ({ path }) => path === '/segment' });
    // Also of a caller that says it as a later version of Trace Context would, with more behind the flags.
    for (let n = 0; n < 200; n += 1) {
      const header = n % 2 === 0 ? traceparent : `${traceparent.replace(/^00/, '01')}-00`;
      await (await fetch(`${app.url}/segment`, { headers: { traceparent: header } })).text();
    }
    // That there are 20 of them or more has a probability of 1e-13.
    expect(spans().length).toBeLessThan(20);
    expect(flags.filter((flag) => flag === '01')).toHaveLength(spans().length);
  });
});

describe('startTracing', () => {
  const { logger, lines } = collectingLogger();

  it('sends what was recorded to the collector, with the name of the service, before it has stopped', async () => {
    const bodies: string[] = [];
    const collector = createServer(async (req, res) => {
      bodies.push(`${req.url} ${await text(req)}`);
      res.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => collector.once('listening', resolve));
    const { port } = collector.address() as AddressInfo;
    const env = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://127.0.0.1:${port}/v1/traces` };
    // The exporter reads the way there from the process's own.
    Object.assign(process.env, env);
    const tracing = await startTracing({ service: 'test', env, logger });
    await entered('work', { role: 'consumer', traceparent }, async () => {});
    await tracing.stop();
    delete process.env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
    collector.close();

    expect(bodies).toHaveLength(1);
    expect(bodies[0]).toMatch(/^\/v1\/traces \{/);
    expect(bodies[0]).toContain('{"key":"service.name","value":{"stringValue":"test"}}');
    expect(bodies[0]).toContain(`"traceId":"${traceId}"`);
  });

  it('drops what cannot be sent, says so once, and stops in time, when the collector is away', async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' };
    Object.assign(process.env, env);
    const tracing = await startTracing({ service: 'test', env, logger });
    for (let n = 0; n < 5_000; n += 1) await entered('work', { role: 'consumer', traceparent }, async () => {});
    const began = performance.now();
    await tracing.stop();
    expect(performance.now() - began).toBeLessThan(4_000);
    delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
    expect(lines.filter(({ msg }) => msg === 'traces do not arrive and are dropped').length).toBeLessThanOrEqual(1);
  });

  it('does nothing without an address, and says what is wrong with one that is none', async () => {
    await (await startTracing({ service: 'test', env: {}, logger })).stop();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'secret nonsense', OTEL_TRACES_SAMPLER: 'sometimes' };
    const failure = await startTracing({ service: 'test', env, logger }).catch((error: Error) => error);
    expect(String(failure)).toMatch(/OTEL_EXPORTER_OTLP_ENDPOINT .*must be an http or https address/);
    expect(String(failure)).toMatch(/OTEL_TRACES_SAMPLER .*must be one of always_on, .*sometimes/);
    expect(String(failure)).not.toContain('secret nonsense');
  });
});
