import type { Video } from '@flixtube/contracts/http/video';
import { useQueryClient } from '@tanstack/react-query';
import { Captions, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { videoQuery } from '../../api/videos.ts';
import { CaptionsDialog } from '../../owner/captions-dialog.tsx';
import { DeleteDialog } from '../../owner/delete-dialog.tsx';
import { EditDialog } from '../../owner/edit-dialog.tsx';
import { preferCaptions } from '../../player/captions.ts';
import { pausePlayback } from '../../player/commands.ts';

/** What the owner of a video can do with it. */
export function OwnerActions({ video, etag }: { video: Video; etag: string | null }) {
  const [dialog, setDialog] = useState<'edit' | 'captions' | 'delete' | null>(null);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const close = () => setDialog(null);

  function askToDelete() {
    // And what was watched is told while the video is still there.
    pausePlayback();
    setDialog('delete');
  }

  async function leave() {
    await navigate('/');
    queries.removeQueries({ queryKey: videoQuery(video.id).queryKey });
  }

  return (
    <>
      <button type="button" className="button" onClick={() => setDialog('edit')}>
        <Pencil aria-hidden />
        Edit
      </button>
      <button type="button" className="button" onClick={() => setDialog('captions')}>
        <Captions aria-hidden />
        Captions
      </button>
      <button type="button" className="button" onClick={askToDelete}>
        <Trash2 aria-hidden />
        Delete
      </button>
      {dialog === 'edit' && <EditDialog video={video} etag={etag} onClose={close} />}
      {dialog === 'captions' && (
        // Who adds captions wants to see them on the picture behind the dialog.
        <CaptionsDialog video={video} onPut={({ language }) => preferCaptions(language)} onClose={close} />
      )}
      {dialog === 'delete' && <DeleteDialog video={video} onDeleted={leave} onClose={close} />}
    </>
  );
}
