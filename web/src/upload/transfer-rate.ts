/** Estimates how fast bytes go, and how long the rest takes. */
export interface TransferRate {
  /** So many bytes were sent, all in all, at this time (milliseconds). */
  sample(sentBytes: number, at: number): void;
  /** Bytes a second over the last seconds; null until it can be told. */
  bytesPerSecond(at: number): number | null;
  /** Seconds until `totalBytes` are sent; null until it can be told, or while nothing moves. */
  secondsLeft(totalBytes: number, at: number): number | null;
}

/** Over how many milliseconds: long enough to be calm, short enough to notice a slower network. */
const windowMs = 8000;
/** From how many milliseconds on an estimate is worth showing. */
const warmUpMs = 1000;

export function createTransferRate(): TransferRate {
  let samples: { sent: number; at: number }[] = [];

  function bytesPerSecond(at: number): number | null {
    const [first] = samples;
    const last = samples.at(-1);
    if (!first || !last || at - first.at < warmUpMs) return null;
    // Up to now, not to the last sample: when nothing goes any more, the rate falls.
    return ((last.sent - first.sent) / (at - first.at)) * 1000;
  }

  return {
    sample(sent, at) {
      samples.push({ sent, at });
      // The one before the window stays, or a slow network would have only one sample in it.
      const inside = samples.findIndex((sample) => sample.at >= at - windowMs);
      samples = samples.slice(Math.max(0, inside - 1));
    },
    bytesPerSecond,
    secondsLeft(total, at) {
      const rate = bytesPerSecond(at);
      const sent = samples.at(-1)?.sent ?? 0;
      return rate ? Math.max(0, total - sent) / rate : null;
    },
  };
}
