import type { Video } from '@flixtube/contracts/http/video';
import { useQueryClient } from '@tanstack/react-query';
import { deleteVideo, refreshLists } from '../api/videos.ts';
import { forgetPositions } from '../player/positions.ts';
import { useAnnouncer } from '../ui/announcer.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';

interface Props {
  video: Video;
  /** It is gone: the page stops showing it. */
  onDeleted: () => Promise<void>;
  onClose: () => void;
}

/** Asks whether a video is to be deleted, and deletes it. */
export function DeleteDialog({ video, onDeleted, onClose }: Props) {
  const queries = useQueryClient();
  const { toast } = useAnnouncer();

  async function remove() {
    await deleteVideo(video.id);
    forgetPositions(video.id);
    await onDeleted();
    refreshLists(queries);
    toast(`“${video.title}” is deleted`);
  }

  return (
    <ConfirmDialog title="Delete this video?" action="Delete video" onConfirm={remove} onClose={onClose}>
      “{video.title}” is deleted for everyone, with its views. This cannot be undone.
    </ConfirmDialog>
  );
}
