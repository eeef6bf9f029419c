import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { Ingest, type IngestOptions } from './ingest.ts';

describe('Ingest', () => {
  it('stop() during an upload: it fails as unavailable, and stop() resolves when its remains are removed', async () => {
    const steps: string[] = [];
    const storing = Promise.withResolvers<void>();
    const ingest = new Ingest({
      ...options,
      records: {
        ...options.records,
        giveUp: async () => steps.push('given up') > 0,
        forget: async () => void steps.push('forgotten'),
      },
      store: {
        put: (_key, _body, { signal }) => {
          storing.resolve();
          return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
        },
        removeAll: async () => void steps.push('removed'),
      },
    });
    const body = new PassThrough();
    body.write('some bytes');
    const receiving = ingest.receive({
      ownerId: 'someone',
      title: 'A walk',
      description: '',
      body,
      declaredBytes: undefined,
      signal: new AbortController().signal,
    });
    const outcome = receiving.catch((error) => error);
    await storing.promise;

    await ingest.stop();

    expect(steps).toEqual(['given up', 'removed', 'forgotten']);
    expect(await outcome).toMatchObject({ kind: 'unavailable' });
    expect(body.destroyed).toBe(false);
  });
});

const options: IngestOptions = {
  records: {
    begin: async () => {},
    beat: async () => true,
    commit: async () => true,
    giveUp: async () => true,
    forget: async () => {},
  },
  store: { put: () => Promise.reject(new Error('not expected')), removeAll: async () => {} },
  catalogue: { announce: async () => {} },
  log: { warn: () => {} },
  maxBytes: 1_000_000,
  heartbeatMs: 60_000,
  commitMs: 0,
};
