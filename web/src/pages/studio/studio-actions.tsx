import type { Video } from '@flixtube/contracts/http/video';
import type { VideoList } from '@flixtube/contracts/http/video-list';
import { type InfiniteData, useQueryClient } from '@tanstack/react-query';
import { Captions, Pencil, Trash2 } from 'lucide-react';
import { type RefObject, useEffect, useRef, useState } from 'react';
import type { Answer } from '../../api/http.ts';
import { ownVideosQuery, videoQuery } from '../../api/videos.ts';
import { CaptionsDialog } from '../../owner/captions-dialog.tsx';
import { DeleteDialog } from '../../owner/delete-dialog.tsx';
import { EditDialog } from '../../owner/edit-dialog.tsx';

interface Props {
  video: Video;
  heading: RefObject<HTMLElement | null>;
  onError: (sentence: string | null) => void;
}

/** Edit, caption and delete. */
export function StudioActions({ video, heading, onError }: Props) {
  const [editing, setEditing] = useState<Answer<Video> | null>(null);
  const [captioning, setCaptioning] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const queries = useQueryClient();
  const key = ownVideosQuery().queryKey;

  // What gets the focus when this is gone, and the dialog with it, which had it.
  const successor = useRef<HTMLElement | null>(null);
  useEffect(() => () => successor.current?.focus(), []);

  async function edit() {
    onError(null);
    try {
      // As it is now, with its entity tag: a list has none, and may be a little old.
      setEditing(await queries.fetchQuery({ ...videoQuery(video.id), staleTime: 0, retry: 2 }));
    } catch (problem) {
      onError(`“${video.title}” cannot be edited. ${problem instanceof Error ? problem.message : ''}`);
      void queries.invalidateQueries({ queryKey: key });
    }
  }

  async function takeOut() {
    successor.current = neighbourOf(video.id) ?? heading.current;
    await queries.cancelQueries({ queryKey: key });
    queries.setQueryData<InfiniteData<VideoList>>(key, (data) => data && without(data, video.id));
    queries.removeQueries({ queryKey: videoQuery(video.id).queryKey });
  }

  return (
    <div className="studio-actions">
      <button type="button" className="button button--quiet" title="Edit" onClick={() => void edit()}>
        <Pencil aria-hidden />
        <span className="studio-action-word">Edit</span>
        <span className="visually-hidden"> {video.title}</span>
      </button>
      <button type="button" className="button button--quiet" title="Captions" onClick={() => setCaptioning(true)}>
        <Captions aria-hidden />
        <span className="studio-action-word">Captions</span>
        <span className="visually-hidden"> of {video.title}</span>
      </button>
      <button type="button" className="button button--quiet" title="Delete" onClick={() => setDeleting(true)}>
        <Trash2 aria-hidden />
        <span className="studio-action-word">Delete</span>
        <span className="visually-hidden"> {video.title}</span>
      </button>
      {editing && <EditDialog video={editing.body} etag={editing.etag} onClose={() => setEditing(null)} />}
      {captioning && <CaptionsDialog video={video} onClose={() => setCaptioning(false)} />}
      {deleting && <DeleteDialog video={video} onDeleted={takeOut} onClose={() => setDeleting(false)} />}
    </div>
  );
}

function without(data: InfiniteData<VideoList>, videoId: string): InfiniteData<VideoList> {
  return {
    ...data,
    pages: data.pages.map((page) => ({ ...page, items: page.items.filter(({ id }) => id !== videoId) })),
  };
}

/** The link of the video that takes this one's place. */
function neighbourOf(videoId: string): HTMLElement | null {
  const entries = [...document.querySelectorAll<HTMLElement>('[data-video-id]')];
  const index = entries.findIndex((entry) => entry.dataset.videoId === videoId);
  return (entries[index + 1] ?? entries[index - 1])?.querySelector('a') ?? null;
}
