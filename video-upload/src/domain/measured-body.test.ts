import { createHash } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { feed, MeasuredBody } from './measured-body.ts';

describe('MeasuredBody', () => {
  it('any chunks: passes on the same bytes, counts them and hashes them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 })), async (chunks) => {
        const bytes = Buffer.concat(chunks);
        const body = new MeasuredBody(1_000_000);
        Readable.from(chunks.map((chunk) => Buffer.from(chunk))).pipe(body);

        expect(await buffer(body)).toEqual(bytes);
        expect(body.sizeBytes).toBe(bytes.length);
        expect(body.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
      }),
    );
  });

  it('just the limit: passes; a byte more: fails with too-large, and has no digest', async () => {
    const within = new MeasuredBody(4);
    Readable.from([Buffer.alloc(4)]).pipe(within);
    expect(await buffer(within)).toHaveLength(4);

    const beyond = new MeasuredBody(4);
    Readable.from([Buffer.alloc(3), Buffer.alloc(2)]).pipe(beyond);
    await expect(buffer(beyond)).rejects.toMatchObject({ kind: 'too-large' });
    expect(beyond.sha256).toBeUndefined();
  });
});

describe('feed', () => {
  it('the source breaks off: the body fails, too', async () => {
    const source = new PassThrough();
    const body = new MeasuredBody(100);
    feed(source, body);
    source.write('half');
    source.destroy();

    await expect(buffer(body)).rejects.toMatchObject({ kind: 'invalid' });
  });

  it('the body fails: the source stays open, so that its sender can be answered', async () => {
    const source = new PassThrough();
    const body = new MeasuredBody(2);
    feed(source, body);
    source.write('much');

    await expect(buffer(body)).rejects.toMatchObject({ kind: 'too-large' });
    expect(source.destroyed).toBe(false);
  });
});
