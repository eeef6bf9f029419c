import { useEffect, useState } from 'react';
import { useAnnouncer } from '../ui/announcer.tsx';

/** How long it stands over the picture, in milliseconds. */
const shown = 9000;

/** Says for a while, in words, that something else is played than before. */
export function PlayerNote({ text }: { text: string }) {
  const { announce } = useAnnouncer();
  const [gone, setGone] = useState(false);
  useEffect(() => {
    announce(text);
    const timer = setTimeout(() => setGone(true), shown);
    return () => clearTimeout(timer);
  }, [text, announce]);
  if (gone) return null;
  return (
    <p className="player-note" aria-hidden="true">
      {text}
    </p>
  );
}
