import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream';

/** So many bytes are held at most for who reads them. */
const mostHeldBytes = 2 ** 16;

/**
 * The body of a request, read from now on and not from when it is asked for. Node throws away what it still holds of a
 * body when its connection breaks; but what has arrived counts, also while we are busy with what must come first. After
 * those bytes it ends, or fails with what the connection broke with.
 *
 * What nobody reads any more, after `return()` or the answer, is the server's, which lets the sender read why.
 */
export function eagerBody(req: IncomingMessage & { res?: ServerResponse | undefined }): AsyncIterableIterator<Buffer> {
  const held: Buffer[] = [];
  let heldBytes = 0;
  let ending: { error: unknown } | undefined;
  let wake = () => {};

  function onData(chunk: Buffer): void {
    held.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes >= mostHeldBytes) req.pause();
    wake();
  }

  function end(error?: unknown): void {
    ending ??= { error };
    wake();
  }

  /** What has been read stays for who asks for it; more of it does not come. */
  function leave(): void {
    req.off('data', onData);
    stopWatching();
    const isRead = req.readableEnded;
    if (!isRead) req.pause();
    end(isRead ? undefined : new Error('the request was answered, or given up, before the end of its body'));
  }

  req.on('data', onData);
  const stopWatching = finished(req, { writable: false }, end);
  // Before the server goes on with what is left of the body.
  req.res?.prependOnceListener('finish', leave);

  return {
    [Symbol.asyncIterator]() {
      return this;
    },

    async next() {
      for (;;) {
        const chunk = held.shift();
        if (chunk !== undefined) {
          heldBytes -= chunk.length;
          if (heldBytes < mostHeldBytes && ending === undefined) req.resume();
          return { done: false, value: chunk };
        }
        if (ending?.error) throw ending.error;
        if (ending !== undefined) return { done: true, value: undefined };
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },

    async return() {
      leave();
      return { done: true, value: undefined };
    },
  };
}
