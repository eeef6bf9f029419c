import type { Video } from '@flixtube/contracts/http/video';
import { useQueryClient } from '@tanstack/react-query';
import { Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { deleteVideo, videoQuery } from '../../api/videos.ts';
import { pausePlayback } from '../../player/commands.ts';
import { forgetPositions } from '../../player/positions.ts';
import { useAnnouncer } from '../../ui/announcer.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { EditDialog } from './edit-dialog.tsx';

/** What the owner of a video can do with it. */
export function OwnerActions({ video, etag }: { video: Video; etag: string | null }) {
  const [dialog, setDialog] = useState<'edit' | 'delete' | null>(null);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { toast } = useAnnouncer();
  const close = () => setDialog(null);

  function askToDelete() {
    // And what was watched is told while the video is still there.
    pausePlayback();
    setDialog('delete');
  }

  async function remove() {
    await deleteVideo(video.id);
    forgetPositions(video.id);
    await navigate('/');
    queries.removeQueries({ queryKey: videoQuery(video.id).queryKey });
    for (const key of ['videos', 'history', 'continue-watching']) queries.invalidateQueries({ queryKey: [key] });
    toast(`“${video.title}” is deleted`);
  }

  return (
    <>
      <button type="button" className="button" onClick={() => setDialog('edit')}>
        <Pencil aria-hidden />
        Edit
      </button>
      <button type="button" className="button" onClick={askToDelete}>
        <Trash2 aria-hidden />
        Delete
      </button>
      {dialog === 'edit' && <EditDialog video={video} etag={etag} onClose={close} />}
      {dialog === 'delete' && (
        <ConfirmDialog title="Delete this video?" action="Delete video" onConfirm={remove} onClose={close}>
          “{video.title}” is deleted for everyone, with its views. This cannot be undone.
        </ConfirmDialog>
      )}
    </>
  );
}
