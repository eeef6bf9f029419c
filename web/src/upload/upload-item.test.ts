import { describe, expect, it } from '@jest/globals';
import { afterEvent, nextToBegin, retryDelay, shareSent, type UploadItem, type UploadStep } from './upload-item.ts';

const item = (step: UploadStep, size = 100, sentBytes = 0): UploadItem => ({
  ...{ id: `${step.is}-${size}`, file: new File([new Uint8Array(size)], 'a.mp4'), contentType: 'video/mp4', step },
  ...{ title: 'A', description: '', sentBytes, bytesPerSecond: null, secondsLeft: null },
  ...{ resumes: false, touched: false, details: 'unsaved' },
});
const error = new Error('cut');
const progress = (sentBytes: number) =>
  ({ type: 'progressed', sentBytes, bytesPerSecond: 10, secondsLeft: 5 }) as const;

describe('afterEvent', () => {
  it('when it goes its way, then it is ready, waits, is sent, finishes and is done', () => {
    let upload = item({ is: 'ready' });
    const seen = ([{ type: 'wanted' }, { type: 'begun' }, progress(50), progress(100)] as const).map((event) => {
      upload = afterEvent(upload, event);
      return upload.step.is;
    });
    expect(seen).toEqual(['waiting', 'sending', 'sending', 'finishing']);
    upload = afterEvent(upload, { type: 'arrived', videoId: 'v' });
    expect(upload).toMatchObject({ step: { is: 'done', videoId: 'v' }, sentBytes: 100, secondsLeft: null });
  });

  it('when it breaks, then it says when it goes on, or that it does not; and no speed any more', () => {
    const sending = afterEvent(item({ is: 'sending' }), progress(50));
    const broken = afterEvent(sending, { type: 'broken', error, retryAt: 7 });
    expect(broken).toMatchObject({ step: { is: 'retrying', retryAt: 7 }, sentBytes: 50, bytesPerSecond: null });
    expect(afterEvent(sending, { type: 'broken', error, retryAt: null }).step).toEqual({ is: 'failed', error });
  });

  it('when something comes late, then it changes nothing', () => {
    const paused = item({ is: 'paused' });
    expect(afterEvent(paused, progress(50))).toBe(paused);
    expect(afterEvent(paused, { type: 'broken', error, retryAt: 7 })).toBe(paused);
    const done = item({ is: 'done', videoId: 'v' });
    for (const type of ['wanted', 'begun', 'paused'] as const) expect(afterEvent(done, { type })).toBe(done);
  });
});

describe('nextToBegin', () => {
  it('when two are under way, one of them waiting for its connection, then nobody else begins', () => {
    const waiting = item({ is: 'waiting' });
    expect(nextToBegin([item({ is: 'sending' }), item({ is: 'retrying', retryAt: 1, error }), waiting], 2)).toEqual([]);
    expect(nextToBegin([item({ is: 'sending' }), item({ is: 'paused' }), waiting], 2)).toEqual([waiting]);
  });
});

describe('shareSent', () => {
  it('when files differ in size, then each counts by its bytes; nothing is nothing', () => {
    expect(shareSent([item({ is: 'sending' }, 300, 100), item({ is: 'waiting' }, 100)])).toBe(0.25);
    expect(shareSent([])).toBe(0);
  });
});

describe('retryDelay', () => {
  it('when tries are in vain, then waits longer and longer, and gives up in the end', () => {
    expect([0, 1, 2].map(retryDelay)).toEqual([1000, 2000, 4000]);
    expect(retryDelay(8)).toBeNull();
  });
});
