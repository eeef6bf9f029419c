import { useQuery } from '@tanstack/react-query';
import { CircleCheck } from 'lucide-react';
import { Link } from 'react-router';
import { watchedVideoQuery } from '../../api/videos.ts';
import { processingWords } from '../../processing/processing-words.ts';
import { ProgressBar } from '../../ui/progress-bar.tsx';

/** The video that an upload has become, and how far its processing is. */
export function UploadOutcome({ videoId, title }: { videoId: string; title: string }) {
  const { data } = useQuery(watchedVideoQuery(videoId));
  const video = data?.body;
  return (
    <div className="upload-outcome">
      <p className="upload-outcome-title">
        <CircleCheck aria-hidden />
        <span>
          Uploaded:{' '}
          <Link className="text-link" to={`/watch/${videoId}`}>
            {title || 'watch it'}
          </Link>
        </span>
      </p>
      {video && <p className="field-hint">{processingWords(video)}</p>}
      {video?.status === 'processing' && <ProgressBar thin share={video.progress} label="Processing progress" />}
      {video?.failure && <p className="field-error">{video.failure.detail}</p>}
    </div>
  );
}
