import type { Caption } from '@flixtube/contracts/http/captions';
import type { Video } from '@flixtube/contracts/http/video';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { removeCaption } from '../api/captions.ts';
import { refreshLists, videoQuery } from '../api/videos.ts';
import { captionsChanged } from '../player/caption-revisions.ts';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { CaptionForm } from './caption-form.tsx';
import { languageName } from './languages.ts';
import './captions-dialog.css';

interface Props {
  video: Video;
  /** There are captions now that were not there before, or they are others. */
  onPut?: (caption: Caption) => void;
  onClose: () => void;
}

/** Lists the captions of a video; its owner adds, replaces and removes them here. A player on the page follows. */
export function CaptionsDialog({ video, onPut, onClose }: Props) {
  // A list may be a little old, and other pages do not have this video at all.
  const { data } = useQuery(videoQuery(video.id));
  const { captions } = (data?.body ?? video).links;
  // Each round of the form begins anew.
  const [round, setRound] = useState<{ number: number; replacing: Caption | null }>({ number: 0, replacing: null });
  const [removing, setRemoving] = useState<Caption | null>(null);
  // Said in here: what stands around a modal dialog is inert, the app's live region too.
  const [done, setDone] = useState<{ words: string } | null>(null);
  const tracks = useRef<HTMLElement>(null);
  const queries = useQueryClient();

  // What had the focus is gone, the question too, which would give it back.
  useEffect(() => {
    if (done) tracks.current?.focus();
  }, [done]);

  const nextRound = (replacing: Caption | null) => setRound(({ number }) => ({ number: number + 1, replacing }));

  async function readAgain() {
    refreshLists(queries);
    await queries.invalidateQueries({ queryKey: videoQuery(video.id).queryKey });
  }

  async function added(caption: Caption) {
    const isNew = !captions.some(({ language }) => language === caption.language);
    onPut?.(caption);
    captionsChanged(video.id, caption.language);
    await readAgain();
    setDone({ words: `Captions in ${languageName(caption.language)} ${isNew ? 'added' : 'replaced'}` });
    nextRound(null);
  }

  async function remove({ language }: Caption) {
    await removeCaption(video.id, language);
    captionsChanged(video.id, language);
    await readAgain();
    setDone({ words: `Captions in ${languageName(language)} removed` });
    setRemoving(null);
    if (round.replacing?.language === language) nextRound(null);
  }

  return (
    <Dialog title="Captions" size="form" onClose={onClose}>
      <section ref={tracks} tabIndex={-1} className="captions-tracks" aria-label="Captions of this video">
        {captions.length === 0 && <p className="captions-none">This video has no captions yet.</p>}
        {captions.length > 0 && (
          <ul className="captions-list" aria-label="Captions of this video">
            {captions.map((caption) => (
              <Track
                key={caption.language}
                caption={caption}
                onReplace={() => nextRound(caption)}
                onRemove={() => setRemoving(caption)}
              />
            ))}
          </ul>
        )}
      </section>
      <p className="captions-done" role="status">
        {done?.words}
      </p>
      <CaptionForm
        key={round.number}
        videoId={video.id}
        captions={captions}
        replacing={round.replacing}
        onDone={added}
      />
      {removing && (
        <ConfirmDialog
          title="Remove these captions?"
          action="Remove captions"
          onConfirm={() => remove(removing)}
          onClose={() => setRemoving(null)}
        >
          “{removing.label}” is removed for everyone who watches this video. To have it back you need its file.
        </ConfirmDialog>
      )}
    </Dialog>
  );
}

interface TrackProps {
  caption: Caption;
  onReplace: () => void;
  onRemove: () => void;
}

function Track({ caption: { label, language }, onReplace, onRemove }: TrackProps) {
  return (
    <li>
      <p className="captions-track">
        <span className="captions-label">{label}</span>
        <span className="captions-language">
          {languageName(language)}, {language}
        </span>
      </p>
      <div className="captions-track-actions">
        <button type="button" className="button button--quiet" onClick={onReplace}>
          Replace
          <span className="visually-hidden"> {label}</span>
        </button>
        <button type="button" className="button button--quiet" onClick={onRemove}>
          Remove
          <span className="visually-hidden"> {label}</span>
        </button>
      </div>
    </li>
  );
}
