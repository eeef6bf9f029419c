import { Pause, Play, RotateCw, X } from 'lucide-react';
import { useState } from 'react';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { DetailsFields, fieldMessages } from '../../ui/details-fields.tsx';
import { FilePreview } from '../../upload/file-preview.tsx';
import type { UploadItem } from '../../upload/upload-item.ts';
import { uploads } from '../../upload/uploads.ts';
import { UploadOutcome } from './upload-outcome.tsx';
import { UploadStatus } from './upload-status.tsx';

/** One file: what it is, what is written of it, how far it is, and what can be done with it. */
export function UploadCard({ item, autoFocus }: { item: UploadItem; autoFocus: boolean }) {
  const [asking, setAsking] = useState(false);
  const { id, file, step, title, description } = item;
  const failure = step.is === 'failed' ? step.error : item.details instanceof Error ? item.details : null;

  function leave() {
    const atStake = item.sentBytes > 0 && step.is !== 'done';
    if (atStake) setAsking(true);
    else uploads.cancel(id);
  }

  return (
    <article className="upload-card" aria-label={file.name}>
      <header className="upload-card-header">
        <FilePreview file={file} />
        <div className="upload-card-actions">
          <MainAction item={item} />
          <button type="button" className="icon-button" {...leaveWords(item)} onClick={leave}>
            <X aria-hidden />
          </button>
        </div>
      </header>
      {step.is !== 'done' && <UploadStatus item={item} />}
      {step.is === 'done' && <UploadOutcome videoId={step.videoId} title={title} />}
      <div className="upload-card-details">
        <DetailsFields
          title={title}
          description={description}
          onTitle={(next) => uploads.edit(id, { title: next, description })}
          onDescription={(next) => uploads.edit(id, { title, description: next })}
          problems={fieldMessages(failure)}
          autoFocus={autoFocus}
          rows={2}
        />
        <p className="field-hint upload-card-saved">{savedWords(item)}</p>
      </div>
      {asking && (
        <ConfirmDialog
          title="Cancel this upload?"
          action="Cancel upload"
          onConfirm={async () => uploads.cancel(id)}
          onClose={() => setAsking(false)}
        >
          What was sent of “{file.name}” is thrown away. To go on later, pause it instead.
        </ConfirmDialog>
      )}
    </article>
  );
}

function MainAction({ item: { id, file, step } }: { item: UploadItem }) {
  switch (step.is) {
    case 'waiting':
    case 'sending':
      return (
        <button
          type="button"
          className="icon-button"
          aria-label={`Pause ${file.name}`}
          title="Pause"
          onClick={() => uploads.pause(id)}
        >
          <Pause aria-hidden />
        </button>
      );
    case 'paused':
      return (
        <button
          type="button"
          className="icon-button"
          aria-label={`Resume ${file.name}`}
          title="Resume"
          onClick={() => uploads.resume(id)}
        >
          <Play aria-hidden />
        </button>
      );
    case 'retrying':
    case 'failed':
      return (
        <button
          type="button"
          className="icon-button"
          aria-label={`Try again to upload ${file.name}`}
          title="Try again"
          onClick={() => uploads.resume(id)}
        >
          <RotateCw aria-hidden />
        </button>
      );
    default:
      return null;
  }
}

function leaveWords({ file, step }: UploadItem) {
  const done = step.is === 'done' || step.is === 'ready';
  return {
    'aria-label': done ? `Take ${file.name} off the list` : `Cancel the upload of ${file.name}`,
    title: done ? 'Take off the list' : 'Cancel',
  };
}

/** Nobody has to press "save" here, so it says when that is done. */
function savedWords({ step, details, touched }: UploadItem): string {
  if (details instanceof Error) return `Not saved: ${details.message}`;
  if (step.is !== 'done') return touched ? 'Saved when the video has arrived' : '';
  if (details === 'saved') return touched ? 'Saved' : '';
  return 'Saving…';
}
