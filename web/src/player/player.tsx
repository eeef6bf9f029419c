import type { Video } from '@flixtube/contracts/http/video';
import { Play } from 'lucide-react';
import { type CSSProperties, useEffect, useId, useRef, useState } from 'react';
import { posterHues } from '../cards/poster-colours.ts';
import { carryOut } from './commands.ts';
import { Controls } from './controls.tsx';
import { Feedback, type FeedbackMessage } from './feedback.tsx';
import { PlayerTrouble } from './player-trouble.tsx';
import { ResumeNotice } from './resume-notice.tsx';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { useKeys } from './use-keys.ts';
import { useProgress } from './use-progress.ts';
import { useRecovery } from './use-recovery.ts';
import './player.css';

interface Props {
  video: Video;
  /** Where to begin, in seconds. */
  startAt: number;
  /** Begin by itself, if the browser lets us. */
  autoplay: boolean;
  /** The list of shortcuts is open; the page has a button for it too. */
  helpOpen: boolean;
  onHelp: (open: boolean) => void;
}

/** Plays one video. For another, render another one (`key`): nothing of a playback session is carried over. */
export function Player({ video, startAt, autoplay, helpOpen, onHelp }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const element = useRef<HTMLVideoElement>(null);
  const id = useId();
  const [feedback, setFeedback] = useState<FeedbackMessage | null>(null);
  const [first, second] = posterHues(video.id);

  useProgress(element, video.id);
  const recovery = useRecovery(element, video.links.file);
  useSource(element, video.links.file, startAt, autoplay);
  useKeys(frame, (command) => {
    if (command.do === 'help') return onHelp(true);
    const text = element.current && frame.current && carryOut(command, element.current, frame.current);
    if (text) setFeedback((before) => ({ text, id: (before?.id ?? 0) + 1 }));
  });

  return (
    <div ref={frame} id={id} className="player" style={{ '--hue': first, '--hue-2': second } as CSSProperties}>
      <media-controller nohotkeys fullscreenelement={id} breakpoints="sm:420 md:600 lg:900">
        <video
          ref={element}
          slot="media"
          playsInline
          preload="metadata"
          {...(video.links.poster && { poster: video.links.poster })}
        >
          {video.links.captions.map(({ language, label, url }) => (
            <track key={language} kind="captions" srcLang={language} label={label} src={url} />
          ))}
        </video>
        <div slot="centered-chrome" className="player-start" aria-hidden="true">
          <Play />
        </div>
        <Controls />
      </media-controller>
      <Feedback message={feedback} />
      {startAt > 0 && <ResumeNotice element={element} position={startAt} />}
      {recovery.trouble && <PlayerTrouble {...recovery} trouble={recovery.trouble} file={video.links.file} />}
      {helpOpen && <ShortcutsDialog onClose={() => onHelp(false)} />}
    </div>
  );
}

/**
 * Gives the element its file, and takes it away at the end: an element that is merely removed goes on loading until
 * the browser collects its garbage.
 */
function useSource(element: { current: HTMLVideoElement | null }, file: string, startAt: number, autoplay: boolean) {
  useEffect(() => {
    const video = element.current;
    if (!video) return;
    const begin = () => {
      if (startAt > 0) video.currentTime = startAt;
    };
    video.addEventListener('loadedmetadata', begin, { once: true });
    video.src = file;
    if (autoplay && !matchMedia('(prefers-reduced-motion: reduce)').matches) {
      // Refused without a gesture: then it waits for one.
      video.play().catch(() => {});
    }
    return () => {
      video.removeEventListener('loadedmetadata', begin);
      video.removeAttribute('src');
      video.load();
    };
  }, [element, file, startAt, autoplay]);
}
