import type { Video } from '@flixtube/contracts/http/video';
import { useQueryClient } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { useBlocker, useNavigate } from 'react-router';
import { useAnnouncer } from '../../ui/announcer.tsx';
import { DetailsFields, fieldMessages } from '../../ui/details-fields.tsx';
import { DropZone } from '../../upload/drop-zone.tsx';
import { FilePreview } from '../../upload/file-preview.tsx';
import { UploadProgress } from '../../upload/upload-progress.tsx';
import { useUpload } from '../../upload/use-upload.ts';
import { refusalOf, titleFrom, videoTypeOf } from '../../upload/video-file.ts';
import { xhrTransport } from '../../upload/xhr-transport.ts';
import { LeaveGuard } from './leave-guard.tsx';
import { UploadFailure } from './upload-failure.tsx';
import './upload-page.css';

export function UploadPage() {
  const [file, setFile] = useState<File | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);

  function choose(chosen: File) {
    const why = refusalOf(chosen);
    setRefusal(why);
    setFile(why ? null : chosen);
  }

  return (
    <div className="upload-page">
      <title>Upload · FlixTube</title>
      <header className="upload-header">
        <h1>Upload a video</h1>
        <p>It can be watched as soon as it has arrived, and everyone can see it. You can change that on its page.</p>
      </header>
      {file ? (
        <UploadForm key={`${file.name} ${file.lastModified}`} file={file} onOther={() => setFile(null)} />
      ) : (
        <DropZone onFile={choose} refusal={refusal} />
      )}
    </div>
  );
}

function UploadForm({ file, onOther }: { file: File; onOther: () => void }) {
  const [title, setTitle] = useState(() => titleFrom(file.name));
  const [description, setDescription] = useState('');
  const { announce } = useAnnouncer();
  const navigate = useNavigate();
  const queries = useQueryClient();

  const { state, start, cancel } = useUpload(xhrTransport, (video: Video) => {
    queries.invalidateQueries({ queryKey: ['videos'] });
    announce(`${video.title} is uploaded`);
    navigate(`/watch/${video.id}`, { state: { uploaded: true } });
  });
  const busy = state.step === 'sending' || state.step === 'finishing';
  const blocker = useBlocker(({ nextLocation }) => busy && !isUploaded(nextLocation.state));

  function submit(event: SubmitEvent) {
    event.preventDefault();
    start({ file, contentType: videoTypeOf(file) ?? file.type, title: title.trim(), description: description.trim() });
  }

  return (
    <form className="upload-form" onSubmit={submit}>
      <FilePreview file={file} />
      <DetailsFields
        title={title}
        description={description}
        onTitle={setTitle}
        onDescription={setDescription}
        problems={state.step === 'failed' ? fieldMessages(state.error) : {}}
        disabled={busy}
        autoFocus
      />
      {state.step === 'failed' && <UploadFailure error={state.error} resumes={xhrTransport.resumes} />}
      {(state.step === 'sending' || state.step === 'finishing') && <UploadProgress state={state} />}
      <div className="upload-actions">
        {busy ? (
          <button type="button" className="button" onClick={cancel}>
            Cancel upload
          </button>
        ) : (
          <>
            <button type="button" className="button button--quiet" onClick={onOther}>
              Choose another file
            </button>
            <button type="submit" className="button button--primary" disabled={title.trim() === ''}>
              {state.step === 'failed' ? 'Try again' : 'Upload video'}
            </button>
          </>
        )}
      </div>
      {busy && <LeaveGuard blocker={blocker} />}
    </form>
  );
}

const isUploaded = (state: unknown) => Boolean((state as { uploaded?: boolean } | null)?.uploaded);
