import type { Video } from '@flixtube/contracts/http/video';
import { useEffect, useRef, useState } from 'react';
import { createTransferRate } from './transfer-rate.ts';
import type { UploadRequest, UploadTask, UploadTransport } from './transport.ts';

export type UploadState =
  | { step: 'ready' }
  | {
      step: 'sending';
      sentBytes: number;
      totalBytes: number;
      bytesPerSecond: number | null;
      secondsLeft: number | null;
    }
  /** Everything was sent; the server has yet to say that it has it. */
  | { step: 'finishing' }
  | { step: 'failed'; error: Error };

export interface Upload {
  state: UploadState;
  start: (request: UploadRequest) => void;
  cancel: () => void;
}

/** How often what is shown follows, in milliseconds: every progress event would be too restless to read. */
const refresh = 250;

/** Uploads one file at a time; `onDone` is told of the video. Leaving the page ends what is under way. */
export function useUpload(transport: UploadTransport, onDone: (video: Video) => void): Upload {
  const [state, setState] = useState<UploadState>({ step: 'ready' });
  const task = useRef<UploadTask>(null);

  useEffect(() => () => task.current?.cancel(), []);

  async function start(request: UploadRequest) {
    const totalBytes = request.file.size;
    const rate = createTransferRate();
    let sentBytes = 0;
    const show = () => {
      const now = performance.now();
      setState({
        step: 'sending',
        sentBytes,
        totalBytes,
        bytesPerSecond: rate.bytesPerSecond(now),
        secondsLeft: rate.secondsLeft(totalBytes, now),
      });
    };
    rate.sample(0, performance.now());
    show();
    const timer = setInterval(show, refresh);
    try {
      task.current = transport.start(request, (bytes) => {
        sentBytes = bytes;
        rate.sample(bytes, performance.now());
        if (bytes < totalBytes) return;
        clearInterval(timer);
        setState({ step: 'finishing' });
      });
      const video = await task.current.result;
      onDone(video);
    } catch (error) {
      const cancelled = error instanceof DOMException && error.name === 'AbortError';
      setState(cancelled ? { step: 'ready' } : { step: 'failed', error: asError(error) });
    } finally {
      clearInterval(timer);
      task.current = null;
    }
  }

  return { state, start: (request) => void start(request), cancel: () => task.current?.cancel() };
}

const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));
