import type { Video, VideoPatch } from '@flixtube/contracts/http/video';
import { useQueryClient } from '@tanstack/react-query';
import { TriangleAlert } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import { ApiError } from '../api/api-error.ts';
import { changeVideo, refreshLists, videoQuery } from '../api/videos.ts';
import { useAnnouncer } from '../ui/announcer.tsx';
import { DetailsFields, fieldMessages } from '../ui/details-fields.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { VisibilityChoice } from './visibility-choice.tsx';
import './edit-dialog.css';

interface Props {
  video: Video;
  etag: string | null;
  onClose: () => void;
}

/** What was changed elsewhere since the form was opened, and what it is now. */
interface Conflict {
  video: Video;
  etag: string | null;
}

/** Changes title, description and visibility; says so when somebody else did meanwhile, and lets one choose. */
export function EditDialog({ video, etag, onClose }: Props) {
  const [form, setForm] = useState(() => formOf(video));
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  const queries = useQueryClient();
  const { toast } = useAnnouncer();

  async function save(event: SubmitEvent) {
    event.preventDefault();
    const before = conflict ?? { video, etag };
    const patch = changesOf(before.video, form);
    if (!patch) return onClose();
    setBusy(true);
    setError(null);
    try {
      const answer = await changeVideo(video.id, patch, before.etag);
      queries.setQueryData(videoQuery(video.id).queryKey, answer);
      refreshLists(queries);
      toast('Changes saved');
      onClose();
    } catch (problem) {
      setError(asError(problem));
      if (problem instanceof ApiError && problem.status === 412) await lookAgain(before.video);
    } finally {
      setBusy(false);
    }
  }

  async function lookAgain(before: Video) {
    try {
      const { body, etag: now } = await queries.fetchQuery({ ...videoQuery(video.id), staleTime: 0, retry: 2 });
      setConflict({ video: body, etag: now });
      setForm((form) => rebased(form, before, body));
      setError(null);
    } catch (problem) {
      setError(asError(problem));
    }
  }

  return (
    <Dialog title="Edit video" size="form" onClose={onClose}>
      <form className="edit-form" onSubmit={save}>
        {conflict && (
          <ConflictNotice
            now={conflict.video}
            onTake={() => {
              setForm(formOf(conflict.video));
            }}
          />
        )}
        <DetailsFields
          title={form.title}
          description={form.description}
          onTitle={(title) => setForm({ ...form, title })}
          onDescription={(description) => setForm({ ...form, description })}
          problems={fieldMessages(error)}
          autoFocus
        />
        <VisibilityChoice value={form.visibility} onChange={(visibility) => setForm({ ...form, visibility })} />
        {error && (
          <div className="notice notice--problem" role="alert">
            <TriangleAlert aria-hidden />
            <p>{error.message}</p>
          </div>
        )}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button button--primary" disabled={busy || form.title.trim() === ''}>
            {conflict ? 'Save mine' : 'Save'}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function ConflictNotice({ now, onTake }: { now: Video; onTake: () => void }) {
  return (
    <div className="notice" role="alert">
      <TriangleAlert aria-hidden />
      <div className="notice-body">
        <p className="notice-title">This video was changed meanwhile, perhaps by you in another window</p>
        <p>
          It is called “{now.title}” now, and is {now.visibility}. What you wrote is still below: save it over that, or
          take what is there and go on from it.
        </p>
        <button type="button" className="button edit-take" onClick={onTake}>
          Take what is there
        </button>
      </div>
    </div>
  );
}

type Form = Pick<Video, 'title' | 'description' | 'visibility'>;

const formOf = ({ title, description, visibility }: Video): Form => ({ title, description, visibility });

/** Only what is different: what was not touched here may have been changed elsewhere. Null when nothing is. */
function changesOf(before: Video, { title, description, visibility }: Form): VideoPatch | null {
  const patch: VideoPatch = {
    ...(title.trim() !== before.title && { title: title.trim() }),
    ...(description.trim() !== before.description && { description: description.trim() }),
    ...(visibility !== before.visibility && { visibility }),
  };
  return Object.keys(patch).length > 0 ? patch : null;
}

/** What was written here, and of what was not touched what is there now: to save it is not to undo others' work. */
function rebased(form: Form, before: Video, now: Video): Form {
  return {
    title: form.title === before.title ? now.title : form.title,
    description: form.description === before.description ? now.description : form.description,
    visibility: form.visibility === before.visibility ? now.visibility : form.visibility,
  };
}

const asError = (problem: unknown) => (problem instanceof Error ? problem : new Error(String(problem)));
