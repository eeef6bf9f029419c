import { TriangleAlert } from 'lucide-react';
import { useEffect, useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { formatBytes, formatTimeLeft } from '../../ui/format.ts';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { breakWords } from '../../upload/break-words.ts';
import type { UploadItem } from '../../upload/upload-item.ts';

/** How far an upload is, or why it does not go on. */
export function UploadStatus({ item }: { item: UploadItem }) {
  const { step, file, sentBytes } = item;
  if (step.is === 'ready') {
    return item.resumes ? (
      <p className="upload-card-note">A part of it has arrived already. It goes on where it was.</p>
    ) : null;
  }
  const share = file.size === 0 ? 0 : Math.min(1, sentBytes / file.size);
  return (
    <div className="upload-status">
      <ProgressBar share={share} label="Upload progress" finishing={step.is === 'finishing'} />
      <p className="upload-figures">
        <strong>{Math.floor(share * 100)} %</strong>
        <span>{step.is === 'retrying' ? <Countdown until={step.retryAt} error={step.error} /> : figures(item)}</span>
      </p>
      {step.is === 'failed' && <Failure error={step.error} />}
    </div>
  );
}

function figures({ step, file, sentBytes, bytesPerSecond, secondsLeft }: UploadItem): string {
  const amount = `${formatBytes(sentBytes)} of ${formatBytes(file.size)}`;
  switch (step.is) {
    case 'waiting':
      return 'Waiting for its turn';
    case 'finishing':
      return 'All sent. Making sure that it is stored…';
    case 'paused':
      return `Paused · ${amount}`;
    case 'failed':
      return `Stopped · ${amount}`;
    default: {
      const speed = bytesPerSecond === null ? [] : [`${formatBytes(Math.round(bytesPerSecond))}/s`];
      const left = secondsLeft === null ? 'working out the time left' : formatTimeLeft(secondsLeft);
      return [amount, ...speed, left].join(' · ');
    }
  }
}

function Countdown({ until, error }: { until: number; error: Error }) {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 250);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  return (
    <>
      {breakWords(error)} {seconds > 0 ? `Trying again in ${seconds} s` : 'Trying again…'}
    </>
  );
}

function Failure({ error }: { error: Error }) {
  return (
    <div className="notice notice--problem" role="alert">
      <TriangleAlert aria-hidden />
      <div className="notice-body">
        <p className="notice-title">{titleOf(error)}</p>
        <p>{error.message}</p>
        {error instanceof ApiError && error.transient && (
          <p>What has arrived is kept for a day. The upload goes on where it was when you try again.</p>
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
