import type { Video } from '@flixtube/contracts/http/video';
import { Play } from 'lucide-react';
import { type CSSProperties, useId, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { posterHues } from '../cards/poster-colours.ts';
import { carryOut } from './commands.ts';
import { Controls } from './controls.tsx';
import { Feedback, type FeedbackMessage } from './feedback.tsx';
import { PlayerNote } from './player-note.tsx';
import { PlayerTrouble } from './player-trouble.tsx';
import { prefer, preferences } from './preferences.ts';
import { cut } from './recovery.ts';
import { ResumeNotice } from './resume-notice.tsx';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { isHls } from './source.ts';
import { TextTracks } from './text-tracks.tsx';
import { nextOf, UpNext } from './up-next.tsx';
import { useBetterSource } from './use-better-source.ts';
import { useChapters } from './use-chapters.ts';
import { useInBandCaptions } from './use-in-band-captions.ts';
import { useKeys } from './use-keys.ts';
import { usePreferences } from './use-preferences.ts';
import { useProgress } from './use-progress.ts';
import { useRecovery } from './use-recovery.ts';
import { useSource } from './use-source.ts';
import './player.css';

interface Props {
  video: Video;
  /** Where to begin, in seconds. */
  startAt: number;
  /** Begin by itself, if the browser lets us. */
  autoplay: boolean;
  /** What to go on with, best first. */
  others: readonly Video[];
  /** The list of shortcuts is open; the page has a button for it too. */
  helpOpen: boolean;
  onHelp: (open: boolean) => void;
}

/** Plays one video. For another, render another one (`key`): nothing of a playback session is carried over. */
export function Player({ video, startAt, autoplay, others, helpOpen, onHelp }: Props) {
  const navigate = useNavigate();
  const frame = useRef<HTMLDivElement>(null);
  const element = useRef<HTMLVideoElement>(null);
  const id = useId();
  const [feedback, setFeedback] = useState<FeedbackMessage | null>(null);
  const [first, second] = posterHues(video.id);

  useProgress(element, video.id);
  usePreferences(element);
  const source = useSource(element, video, { startAt, autoplay, onCut: () => recovery.fail(cut) });
  const { kind, place, reload, fallBack } = source;
  const recovery = useRecovery(element, { file: video.links.file, handled: isHls(kind), fallBack, place, reload });
  const { chapters, current } = useChapters(element, video.links.chapters);
  const inBand = useInBandCaptions(element, source, video.id);
  useBetterSource(element, video, source, recovery.trouble);
  const [theatre, setTheatre] = useState(() => preferences().theatre);
  const toggleTheatre = () => {
    prefer({ theatre: !theatre });
    setTheatre(!theatre);
  };
  useKeys(frame, (command) => {
    if (command.do === 'help') return onHelp(true);
    if (command.do === 'toggle-theatre') return toggleTheatre();
    const next = command.do === 'next' && nextOf(others);
    if (next) return void navigate(`/watch/${next.id}`, { state: { play: true } });
    const text = element.current && frame.current && carryOut(command, element.current, frame.current);
    if (text) setFeedback((before) => ({ text, id: (before?.id ?? 0) + 1 }));
  });

  return (
    <div
      ref={frame}
      id={id}
      className={theatre ? 'player player--theatre' : 'player'}
      data-source={kind}
      style={{ '--hue': first, '--hue-2': second } as CSSProperties}
    >
      <media-controller
        nohotkeys
        novolumepref
        nomutedpref
        nosubtitleslangpref
        fullscreenelement={id}
        breakpoints="sm:420 md:600 lg:900"
      >
        <video
          ref={element}
          slot="media"
          playsInline
          preload="metadata"
          {...(video.links.poster && { poster: video.links.poster })}
        >
          <TextTracks video={video} inBand={inBand} />
        </video>
        <div slot="centered-chrome" className="player-start" aria-hidden="true">
          <Play />
        </div>
        <Controls
          theatre={theatre}
          onTheatre={toggleTheatre}
          choiceOfCaptions={video.links.captions.length > 1}
          chapters={chapters}
          chapter={current}
          onChapter={({ start }) => {
            if (element.current) element.current.currentTime = start;
          }}
          growing={source.growing}
          sounds={source.sounds}
          sound={source.sound}
          listen={source.listen}
        />
      </media-controller>
      <Feedback message={feedback} />
      {startAt > 0 && <ResumeNotice element={element} position={startAt} />}
      <UpNext element={element} others={others} />
      {source.note && <PlayerNote key={source.note} text={source.note} />}
      {recovery.trouble && <PlayerTrouble {...recovery} trouble={recovery.trouble} file={video.links.file} />}
      {helpOpen && <ShortcutsDialog onClose={() => onHelp(false)} />}
    </div>
  );
}
