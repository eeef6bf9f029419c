import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { collectingLogger } from '../tests/support/running-app.ts';
import { Secret } from './config.ts';
import { DomainError } from './errors.ts';
import { currentTrace, runInTrace } from './trace.ts';

describe('a log line', () => {
  it('names service, level and time, and the trace when there is one', () => {
    const { logger, lines } = collectingLogger();
    const current = runInTrace(undefined, () => {
      logger.info('inside');
      return currentTrace();
    });
    logger.warn('outside');
    const { traceId, spanId } = current ?? {};
    const time = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(lines).toEqual([
      { level: 'info', time, service: 'test', traceId, spanId, msg: 'inside' },
      { level: 'warn', time: expect.any(String), service: 'test', msg: 'outside' },
    ]);
  });

  it('tells the chain of causes with kinds and codes, when an error is logged', () => {
    const { logger, lines } = collectingLogger();
    const socketError = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const driverError = new Error('no server', { cause: socketError });
    logger.error({ err: new DomainError('unavailable', 'Try again later.', { cause: driverError }) }, 'failed');
    expect(lines[0]?.err).toMatchObject({
      type: 'DomainError',
      kind: 'unavailable',
      message: 'Try again later.',
      stack: expect.stringContaining('logger.test.ts'),
      cause: { message: 'no server', cause: { message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' } },
    });
  });

  it('ends, when an error is its own cause', () => {
    const { logger, lines } = collectingLogger();
    const error = new Error('round');
    error.cause = error;
    logger.error({ err: error }, 'failed');
    expect(lines).toHaveLength(1);
  });

  it('holds no secret, wherever one hides', () => {
    const { logger, lines } = collectingLogger();
    const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodW50ZXIyIn0.c2lnbmF0dXJl';
    const failed = Object.assign(new Error(`cannot reach mongodb://root:hunter2@db:27017/x with ${token}`), {
      config: { headers: { authorization: 'Bearer hunter2' }, data: 'hunter2' },
      response: { body: 'hunter2' },
    });
    logger.error({ err: failed }, 'failed');
    logger.info({ req: { headers: { cookie: 'hunter2', 'x-flixtube-identity': 'hunter2' } } }, 'request');
    logger.info({ secret: new Secret('hunter2'), password: 'hunter2' }, 'settings');
    logger.info({ url: new Secret('hunter2') }, 'settings');
    logger.error({ err: new Error('AccountName=a;AccountKey=hunter2==;BlobEndpoint=http://x/?sig=hunter2') }, 'failed');
    // A password that was not encoded as an address needs it, which is what the error is about.
    for (const password of ['hunter2@home', 'hunter2/@home'])
      logger.error({ err: new Error(`no address: amqp://root:${password}@db:5672/%2f`) }, 'failed');
    logger.error(
      { err: new Error('E11000 duplicate key error index: email_1 dup key: { email: "hunter2" }') },
      'failed',
    );
    const text = JSON.stringify(lines);
    expect(lines).toHaveLength(8);
    expect(text).not.toContain('home');
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain(token);
    expect(text).toContain('db:27017');
  });

  it('is lost, and the process goes on, when the disk is full that it is written to', async () => {
    const program = `
      import { createLogger } from ${JSON.stringify(new URL('./logger.ts', import.meta.url).href)};
      const logger = createLogger({ service: 'test', level: 'info' });
      const log = setInterval(() => logger.info('x'.repeat(20_000)), 5);
      setTimeout(() => { clearInterval(log); process.stderr.write('still here'); }, 300);`;
    const full = await open('/dev/full', 'w');
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      env: { PATH: process.env.PATH },
      stdio: ['ignore', full.fd, 'pipe'],
    });
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    const [code] = await once(child, 'close');
    await full.close();
    expect([said, code]).toEqual(['still here', 0]);
  });
});
