import { RotateCcw } from 'lucide-react';
import { type RefObject, useEffect, useState } from 'react';
import { formatDuration } from '../ui/format.ts';

/** How long it is offered, in milliseconds. */
const offered = 12_000;

/** Says that a video begins where it was left, and offers its beginning. */
export function ResumeNotice({ element, position }: { element: RefObject<HTMLVideoElement | null>; position: number }) {
  const [gone, setGone] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setGone(true), offered);
    return () => clearTimeout(timer);
  }, []);
  if (gone) return null;
  return (
    <div className="player-resume">
      <span>Resumed at {formatDuration(position)}</span>
      <button
        type="button"
        onClick={() => {
          if (element.current) element.current.currentTime = 0;
          setGone(true);
          element.current?.closest('media-controller')?.querySelector<HTMLElement>('media-play-button')?.focus();
        }}
      >
        <RotateCcw aria-hidden />
        Start over
      </button>
    </div>
  );
}
