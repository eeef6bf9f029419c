import type { Video } from '@flixtube/contracts/http/video';
import { RotateCw, TriangleAlert } from 'lucide-react';
import { processingWords } from '../../processing/processing-words.ts';
import { useProcessAgain } from '../../processing/use-process-again.ts';
import { ProgressBar } from '../../ui/progress-bar.tsx';

/** How far a video's processing is, while it goes on or when it failed; afterwards there is nothing to say. */
export function ProcessingState({ video, owned }: { video: Video; owned: boolean }) {
  if (video.status === 'ready') return null;
  if (video.status === 'failed') return <ProcessingFailure video={video} owned={owned} />;
  return (
    <section className="watch-processing" aria-label="Processing">
      <p>{processingWords(video)}</p>
      <ProgressBar thin share={video.progress} label="Processing progress" />
    </section>
  );
}

function ProcessingFailure({ video, owned }: { video: Video; owned: boolean }) {
  const { again, busy, error } = useProcessAgain(video.id);
  return (
    <section className="notice notice--problem" aria-label="Processing">
      <TriangleAlert aria-hidden />
      <div className="notice-body">
        <p className="notice-title">{processingWords(video)}</p>
        {video.failure && <p>{video.failure.detail}</p>}
        <p>
          {video.failure?.kind === 'unreadable'
            ? 'What was uploaded can still be downloaded as it is.'
            : 'What was uploaded can still be watched and downloaded as it is.'}
        </p>
        {owned && video.failure?.retriable && (
          <div>
            <button type="button" className="button" disabled={busy} onClick={() => void again()}>
              <RotateCw aria-hidden />
              Process again
            </button>
          </div>
        )}
        {error && (
          <p className="field-error" role="alert">
            {error}
          </p>
        )}
      </div>
    </section>
  );
}
