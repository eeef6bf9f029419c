import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { type ApiError, errorFrom, unreachable } from '../api/api-error.ts';
import { MediaErrorCode, retryDelay, stallTime, type Trouble, troubleOf } from './recovery.ts';

export interface Recovery {
  trouble: Trouble | null;
  /** When the next try begins by itself (performance.now()), null when it waits to be asked, or is under way. */
  retryAt: number | null;
  retry: () => void;
  /** It does not go on, as something else than the element has noticed. */
  fail: (trouble: Trouble) => void;
}

interface Options {
  /** The file as it was uploaded, which tells whether the server can be reached. */
  file: string;
  /** What plays is not the file: its errors are seen to elsewhere. */
  handled: boolean;
  /** Plays the file instead, where that may help. */
  fallBack: ((position: number, play: boolean) => void) | null;
  /** Where it is, or is to begin. */
  place: () => number;
  /** Loads what is played anew, and goes on at a position. */
  reload: (position: number, play: boolean) => void;
}

/**
 * Watches a player's element for errors and for bytes that do not come, says what is wrong, and loads the file anew at
 * the same position: by itself while the connection may come back, else when asked.
 */
export function useRecovery(element: RefObject<HTMLVideoElement | null>, options: Options): Recovery {
  const { file, handled, fallBack, place: placeNow, reload } = options;
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [retryAt, setRetryAt] = useState<number | null>(null);
  const tries = useRef(0);
  /** Where to go on: a failed try must not forget it. */
  const place = useRef<number | null>(null);
  /** The file was there after all when it was asked for: it may have come back just then, and was given another try. */
  const doubted = useRef(false);
  /** The viewer wants it to play. The element itself is paused by an error, and by being loaded anew. */
  const wanted = useRef(false);

  const retry = useCallback(() => {
    const video = element.current;
    if (!video) return;
    setRetryAt(null);
    tries.current += 1;
    reload(place.current ?? placeNow(), wanted.current);
  }, [element, placeNow, reload]);

  /** Ends asking for the file. */
  const asking = useRef<AbortController>(null);

  /** It may be HLS alone that does not come. */
  const tryFile = useCallback(async () => {
    if (!fallBack) return;
    asking.current?.abort();
    const ask = new AbortController();
    asking.current = ask;
    const refusal = await askForFile(file, ask.signal);
    if (ask.signal.aborted || refusal) return;
    setTrouble(null);
    setRetryAt(null);
    fallBack(place.current ?? placeNow(), wanted.current);
  }, [file, fallBack, placeNow]);

  const fail = useCallback(
    (next: Trouble) => {
      place.current ??= placeNow();
      // What has come so far may go on with a new connection; what never came, or not again, need not be waited for.
      const barren = tries.current > 0 || element.current?.readyState === HTMLMediaElement.HAVE_NOTHING;
      if (next.kind === 'connection' && barren) void tryFile();
      setTrouble(next);
      const delay = next.kind === 'connection' ? retryDelay(tries.current) : null;
      setRetryAt(delay === null ? null : performance.now() + delay);
    },
    [element, placeNow, tryFile],
  );

  useEffect(() => () => asking.current?.abort(), []);
  useEffect(() => {
    const video = element.current;
    if (!video) return;
    const leaving = new AbortController();
    let stalled: ReturnType<typeof setTimeout> | undefined;

    const onError = async () => {
      const code = video.error?.code;
      if (!code || handled) return;
      clearTimeout(stalled);
      place.current ??= placeNow();
      const refusal = code === MediaErrorCode.decode ? null : await askForFile(file, leaving.signal);
      if (leaving.signal.aborted) return;
      const next = troubleOf(code, refusal);
      if (next.kind === 'format' && code === MediaErrorCode.notSupported && !doubted.current) {
        doubted.current = true;
        return retry();
      }
      fail(next);
    };
    const onWaiting = () => {
      clearTimeout(stalled);
      stalled = setTimeout(() => {
        fail({ kind: 'connection', detail: 'Nothing has come from FlixTube for a while.' });
      }, stallTime);
    };
    const onProgress = () => {
      // Bytes come: it is slow, not broken.
      if (stalled !== undefined && video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) onWaiting();
    };
    const onGoing = () => {
      clearTimeout(stalled);
      stalled = undefined;
      if (video.seeking || video.error) return;
      asking.current?.abort();
      tries.current = 0;
      doubted.current = false;
      place.current = null;
      setTrouble(null);
      setRetryAt(null);
    };
    const listeners: Record<string, () => void> = {
      error: onError,
      waiting: onWaiting,
      progress: onProgress,
      playing: onGoing,
      canplay: onGoing,
      loadeddata: onGoing,
      seeked: onGoing,
      play: () => {
        wanted.current = true;
      },
      pause: () => {
        clearTimeout(stalled);
        if (place.current === null) wanted.current = false;
      },
    };
    for (const [event, listener] of Object.entries(listeners)) {
      video.addEventListener(event, listener, { signal: leaving.signal });
    }
    // It may have failed before this was listening.
    if (video.error) onError();
    return () => {
      clearTimeout(stalled);
      leaving.abort();
    };
  }, [element, file, handled, placeNow, retry, fail]);

  useEffect(() => {
    if (retryAt === null) return;
    const timer = setTimeout(retry, retryAt - performance.now());
    addEventListener('online', retry);
    return () => {
      clearTimeout(timer);
      removeEventListener('online', retry);
    };
  }, [retryAt, retry]);

  return { trouble, retryAt, retry, fail };
}

/** Why the server does not give the file: null when it does. One byte is asked for, and the rest not waited for. */
async function askForFile(file: string, signal: AbortSignal): Promise<ApiError | null> {
  try {
    const response = await fetch(file, {
      headers: { range: 'bytes=0-0' },
      cache: 'no-store',
      signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
    });
    if (response.ok) {
      await response.body?.cancel();
      return null;
    }
    return errorFrom(response.status, response.headers.get('content-type'), await response.text());
  } catch (error) {
    return unreachable(error);
  }
}
