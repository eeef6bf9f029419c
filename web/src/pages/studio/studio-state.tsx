import type { Video } from '@flixtube/contracts/http/video';
import { CircleCheck, LoaderCircle, RotateCw, TriangleAlert } from 'lucide-react';
import { useRef } from 'react';
import { shortProcessingWords } from '../../processing/processing-words.ts';
import { useProcessAgain } from '../../processing/use-process-again.ts';
import { ProgressBar } from '../../ui/progress-bar.tsx';

const icons = { ready: CircleCheck, processing: LoaderCircle, failed: TriangleAlert };

/** How far the processing of a video is; why it failed, and a button to have it done again where that may help. */
export function StudioState({ video }: { video: Video }) {
  const state = useRef<HTMLDivElement>(null);
  const { again, busy, error } = useProcessAgain(video.id);
  const Icon = icons[video.status];
  const { failure } = video;

  async function processAgain() {
    // The button is gone then; who pressed it stays at this video.
    if (await again()) state.current?.focus();
  }

  return (
    <div ref={state} tabIndex={-1} className={`studio-state studio-state--${video.status}`}>
      <p className="studio-status">
        <Icon aria-hidden />
        {shortProcessingWords(video)}
      </p>
      {video.status === 'processing' && (
        <ProgressBar thin share={video.progress} label={`Processing progress of ${video.title}`} />
      )}
      {video.status === 'failed' && failure && <p className="studio-failure">{failure.detail}</p>}
      {video.status === 'failed' && failure?.retriable && (
        <button type="button" className="button" disabled={busy} onClick={() => void processAgain()}>
          <RotateCw aria-hidden />
          Process again
          <span className="visually-hidden"> {video.title}</span>
        </button>
      )}
      {error && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
