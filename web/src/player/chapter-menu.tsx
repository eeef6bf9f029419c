import { TableOfContents } from 'lucide-react';
import { formatDuration } from '../ui/format.ts';
import type { Chapter } from './chapters.ts';
import { ChoiceMenu } from './choice-menu.tsx';
import 'media-chrome/menu/media-chrome-menu-button';

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

/** The chapters, to jump to one; also to the one that is played: back to its beginning. */
export function ChapterMenu({ chapters, current, onChoose }: Props & { onChoose: (chapter: Chapter) => void }) {
  return (
    <ChoiceMenu
      id={menuId}
      button={buttonId}
      label="Chapters"
      choices={chapters.map(({ start, title }) => ({
        key: start,
        text: (
          <>
            <span className="player-chapter-start">{formatDuration(start)}</span>
            <span className="player-chapter-name">{title}</span>
          </>
        ),
      }))}
      current={current}
      onChoose={(index) => {
        const chapter = chapters[index];
        if (chapter) onChoose(chapter);
      }}
    />
  );
}
