import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Resource } from './service.ts';

/** So much may lie outside of V8's heap beyond what the last collection has left there. */
const mostBytes = 16 * 2 ** 20;
const everyMs = 250;

/**
 * Has V8 collect garbage when buffers have come to 16 MiB since the last collection. By itself it lets 64 MiB of buffers
 * that nobody uses lie, since their size outside of its heap tells it little: a process through which a long video goes
 * would be so much larger than with a short one (docs/decisions/0011).
 */
export function bufferCollection(): Resource {
  let timer: NodeJS.Timeout | undefined;
  return {
    name: 'collection of buffers',
    async start() {
      const collect = collector();
      let left = outsideBytes();
      timer ??= setInterval(() => {
        const now = outsideBytes();
        // V8 has collected by itself.
        left = Math.min(left, now);
        if (now - left <= mostBytes) return;
        collect();
        left = outsideBytes();
      }, everyMs).unref();
    },
    check: async () => {},
    async stop() {
      clearInterval(timer);
      timer = undefined;
    },
  };
}

/** The function that V8 gives to contexts that are made once it has been told to expose it. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

const outsideBytes = () => getHeapStatistics().external_memory;
