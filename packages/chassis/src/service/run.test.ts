import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type ServiceProcess, startProcess } from '../../tests/support/process.ts';

let service: ServiceProcess;
afterEach(() => void service.child.kill('SIGKILL'));

async function ask(path: string): Promise<IncomingMessage> {
  const [res] = await once(get(`${await service.url}${path}`), 'response');
  return res as IncomingMessage;
}

describe('a service’s process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends by itself with 0 after the work in hand, when it gets %s',
    async (signal) => {
      service = startProcess('plain');
      const res = await ask('/slow');
      service.child.kill(signal);
      expect(await text(res)).toBe('begun ended');
      expect(await service.ended).toBe(0);
      expect(service.lines.map(({ msg }) => msg)).toEqual([
        'listening',
        'resource started',
        'stopping',
        'request',
        'stopped',
      ]);
    },
  );

  it('works on for DRAIN_SECONDS before it ends', async () => {
    service = startProcess('plain', { DRAIN_SECONDS: '0.5' });
    await service.url;
    service.child.kill('SIGTERM');
    const drains = () => service.lines.some(({ msg }) => msg === 'draining');
    while (!drains()) await new Promise(setImmediate);
    const res = await ask('/slow');
    expect(res.headers.connection).toBe('close');
    expect(await text(res)).toBe('begun ended');
    expect(await service.ended).toBe(0);
  });

  it('waits no longer for the work in hand, when a second signal comes', async () => {
    service = startProcess('plain');
    const res = await ask('/never');
    const cut = text(res).catch((error) => error.code);
    service.child.kill('SIGTERM');
    const again = setInterval(() => service.child.kill('SIGTERM'), 400);
    expect(await cut).toBe('ECONNRESET');
    expect(await service.ended).toBe(0);
    clearInterval(again);
  });

  it('ends with 1 and one message of all that is wrong, when its settings are', async () => {
    service = startProcess('no-settings');
    expect(await service.ended).toBe(1);
    expect(service.stderr().split('\n')).toEqual([
      'The settings are not right:',
      '  PORT (TCP port to listen on; 0 takes any that is free): must be a port, 0 to 65535; got "x"',
      '  IDENTITY_SECRET (signs identities): is required and not set',
      '',
    ]);
    expect(service.lines).toEqual([]);
  });

  it('ends with 1 and a message of one line, when its port is taken', async () => {
    service = startProcess('taken-port');
    expect(await service.ended).toBe(1);
    expect(service.stderr()).toMatch(/^Cannot listen: port \d+ is already taken [^\n]*\n$/);
  });

  it('ends with 1 and the stack, when making the service fails by a mistake of ours', async () => {
    service = startProcess('bug');
    expect(await service.ended).toBe(1);
    expect(service.stderr()).toMatch(/TypeError: a mistake of ours\n {4}at /);
  });

  it.each([
    ['thrown', '/throw-later'],
    ['rejected', '/reject-later'],
  ])(
    'logs it as fatal, stops in order and ends with 1, when an error is %s where nobody catches it',
    async (word, path) => {
      service = startProcess('plain');
      (await ask(path)).resume();
      expect(await service.ended).toBe(1);
      expect(service.lines.find(({ level }) => level === 'fatal')).toMatchObject({
        err: { message: `${word} out of any request`, stack: expect.any(String) },
      });
      expect(service.lines.at(-1)?.msg).toBe('stopped');
    },
  );
});
