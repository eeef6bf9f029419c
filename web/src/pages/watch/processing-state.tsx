import type { Video } from '@flixtube/contracts/http/video';
import { useQueryClient } from '@tanstack/react-query';
import { RotateCw, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { processAgain, videoQuery } from '../../api/videos.ts';
import { processingWords } from '../../processing/processing-words.ts';
import { useAnnouncer } from '../../ui/announcer.tsx';
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
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const queries = useQueryClient();
  const { toast } = useAnnouncer();

  async function again() {
    setBusy(true);
    setError(null);
    try {
      queries.setQueryData(videoQuery(video.id).queryKey, await processAgain(video.id));
      toast('It is being processed again');
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem));
      setBusy(false);
      // Somebody else may have done it already.
      await queries.invalidateQueries({ queryKey: videoQuery(video.id).queryKey });
    }
  }

  return (
    <section className="notice notice--problem" aria-label="Processing">
      <TriangleAlert aria-hidden />
      <div className="notice-body">
        <p className="notice-title">{processingWords(video)}</p>
        {video.failure && <p>{video.failure.detail}</p>}
        <p>What was uploaded can still be watched and downloaded as it is.</p>
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
