import { TriangleAlert } from 'lucide-react';
import { ApiError } from '../../api/api-error.ts';

/** Why an upload failed, and what to do about it. */
export function UploadFailure({ error, resumes }: { error: Error; resumes: boolean }) {
  return (
    <div className="notice notice--problem" role="alert">
      <TriangleAlert aria-hidden />
      <div className="notice-body">
        <p className="notice-title">{titleOf(error)}</p>
        <p>{error.message}</p>
        {error instanceof ApiError && error.transient && (
          <p>
            Your file and what you wrote are still here.{' '}
            {resumes ? 'The upload goes on where it was' : 'The upload begins anew'} when you try again.
          </p>
        )}
        {error instanceof ApiError && error.traceId && <p className="field-hint">Trace {error.traceId}</p>}
      </div>
    </div>
  );
}

function titleOf(error: Error): string {
  if (!(error instanceof ApiError)) return 'The upload failed';
  if (error.status === 0) return 'The connection broke';
  if (error.status === 413) return 'The file is too large';
  if (error.status === 415) return 'The server does not take this file for a video';
  return error.transient ? 'FlixTube could not take the video just now' : error.title;
}
