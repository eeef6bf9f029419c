import { describe, expect, it } from '@jest/globals';
import { createTransferRate } from './transfer-rate.ts';

/** Samples every 100 ms. */
function send(rate: ReturnType<typeof createTransferRate>, from: number, to: number, bytesPerSecond: number, sent = 0) {
  for (let at = from; at <= to; at += 100) rate.sample(sent + ((at - from) / 1000) * bytesPerSecond, at);
  return sent + ((to - from) / 1000) * bytesPerSecond;
}

describe('transfer rate', () => {
  it('when it has just begun, then nothing can be told', () => {
    const rate = createTransferRate();
    expect(rate.bytesPerSecond(0)).toBeNull();
    send(rate, 0, 500, 1_000_000);
    expect(rate.secondsLeft(10_000_000, 500)).toBeNull();
  });

  it('when bytes go evenly, then tells their rate and the time that the rest takes', () => {
    const rate = createTransferRate();
    send(rate, 0, 4000, 1_000_000);
    expect(rate.bytesPerSecond(4000)).toBeCloseTo(1_000_000);
    expect(rate.secondsLeft(10_000_000, 4000)).toBeCloseTo(6);
  });

  it('when the network becomes slower, then the old rate is forgotten after some seconds', () => {
    const rate = createTransferRate();
    const sent = send(rate, 0, 30_000, 10_000_000);
    send(rate, 30_000, 40_000, 1_000_000, sent);
    expect(rate.bytesPerSecond(40_000)).toBeCloseTo(1_000_000, -5);
  });

  it('when nothing goes any more, then the rate falls', () => {
    const rate = createTransferRate();
    send(rate, 0, 4000, 1_000_000);
    expect(rate.bytesPerSecond(8000)).toBeCloseTo(500_000);
  });

  it('when nothing has gone at all, then no time left is told', () => {
    const rate = createTransferRate();
    rate.sample(0, 0);
    rate.sample(0, 5000);
    expect(rate.secondsLeft(1000, 5000)).toBeNull();
  });
});
