import { TableOfContents } from 'lucide-react';
import { useEffect, useEffectEvent, useRef } from 'react';
import { formatDuration } from '../ui/format.ts';
import type { Chapter } from './chapters.ts';
import 'media-chrome/menu/media-chrome-menu';
import 'media-chrome/menu/media-chrome-menu-button';
import 'media-chrome/menu/media-chrome-menu-item';

/** By which media-chrome finds one from the other. */
const menuId = 'player-chapters';
const buttonId = 'player-chapters-button';

interface Props {
  chapters: readonly Chapter[];
  /** The index of the one that is played; -1 when it is none. */
  current: number;
}

/** Says which chapter is played, and opens the list of them. */
export function ChapterButton({ chapters, current }: Props) {
  const title = chapters[current]?.title;
  return (
    <media-chrome-menu-button
      id={buttonId}
      className="player-chapter"
      invoketarget={menuId}
      aria-haspopup="menu"
      aria-label={title ? `${title}, chapters` : 'Chapters'}
      notooltip
    >
      <span className="player-chapter-icon">
        <TableOfContents aria-hidden />
      </span>
      <span className="player-chapter-title">{title ?? 'Chapters'}</span>
    </media-chrome-menu-button>
  );
}

/** The chapters, to jump to one. */
export function ChapterMenu({ chapters, current, onChoose }: Props & { onChoose: (chapter: Chapter) => void }) {
  const menu = useRef<HTMLElement>(null);
  // Also the one that is played: back to its beginning. The menu tells only of others, and lets no click through.
  const choose = useEffectEvent((event: Event) => {
    if (event instanceof KeyboardEvent && event.key !== 'Enter' && event.key !== ' ') return;
    const item = (event.target as Element).closest<HTMLElement>('[data-chapter]');
    const chapter = item && chapters[Number(item.dataset.chapter)];
    if (chapter) onChoose(chapter);
  });

  useEffect(() => {
    const element = menu.current;
    const leaving = new AbortController();
    for (const event of ['click', 'keydown']) {
      element?.addEventListener(event, (happened) => choose(happened), { capture: true, signal: leaving.signal });
    }
    // A menu that stands alone has no way back to another.
    element?.shadowRoot?.querySelector<HTMLElement>('[part~="back"]')?.style.setProperty('display', 'none');
    return () => leaving.abort();
  }, []);

  return (
    <media-chrome-menu ref={menu} id={menuId} hidden anchor={buttonId} aria-label="Chapters">
      {chapters.map(({ start, title }, index) => (
        <media-chrome-menu-item key={start} type="radio" data-chapter={index} checked={index === current}>
          <span className="player-chapter-start">{formatDuration(start)}</span>
          <span className="player-chapter-name">{title}</span>
        </media-chrome-menu-item>
      ))}
    </media-chrome-menu>
  );
}
