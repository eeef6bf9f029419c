import { RectangleHorizontal } from 'lucide-react';
import { addTranslation } from 'media-chrome/dist/utils/i18n.js';
import { ChapterButton, ChapterMenu } from './chapter-menu.tsx';
import type { Chapter } from './chapters.ts';
import { speeds } from './keys.ts';
import { SoundButton, SoundMenu, type Sounds } from './sound-menu.tsx';
import 'media-chrome/media-controller';
import 'media-chrome/media-control-bar';
import 'media-chrome/media-time-range';
import 'media-chrome/media-play-button';
import 'media-chrome/media-mute-button';
import 'media-chrome/media-volume-range';
import 'media-chrome/media-time-display';
import 'media-chrome/media-captions-button';
import 'media-chrome/menu/media-captions-menu';
import 'media-chrome/menu/media-captions-menu-button';
import 'media-chrome/menu/media-playback-rate-menu';
import 'media-chrome/menu/media-playback-rate-menu-button';
import 'media-chrome/menu/media-rendition-menu';
import 'media-chrome/menu/media-rendition-menu-button';
import 'media-chrome/media-pip-button';
import 'media-chrome/media-fullscreen-button';
import 'media-chrome/media-loading-indicator';
import './place.css';

// Its name shall hold what stands on it, "1x" (WCAG 2.5.3). What is not translated here stays as it is.
addTranslation('en', { 'Playback rate {playbackRate}': 'Speed {playbackRate}x' });

/** media-chrome says that it is a button and is checked; what can be checked is a switch. Set once it is in the page. */
const asSwitch = (captions: HTMLElement | null) => captions?.setAttribute('role', 'switch');

/** The picture over the timeline shows what its time says: decoration, of which media-chrome says nothing. */
function asDecoration(timeline: HTMLElement | null): void {
  const thumbnail = timeline?.shadowRoot?.querySelector('media-preview-thumbnail');
  thumbnail?.shadowRoot?.querySelector('img')?.setAttribute('alt', '');
}

/** A menu that stands alone has no way back to another; media-chrome keeps the button for it, in a hidden place. */
function asOnlyMenu(menu: HTMLElement | null): void {
  menu?.shadowRoot?.querySelector<HTMLElement>('[part~="back"]')?.style.setProperty('display', 'none');
}

interface Props extends Sounds {
  theatre: boolean;
  onTheatre: () => void;
  /** There are captions in more than one language. */
  choiceOfCaptions: boolean;
  chapters: readonly Chapter[];
  /** The index of the chapter that is played; -1 when it is none. */
  chapter: number;
  onChapter: (chapter: Chapter) => void;
  /** What is played still grows: its end is not the video's. */
  growing: boolean;
}

/** What lies over the picture: media-chrome's elements, which find their media-controller by themselves. */
export function Controls(props: Props) {
  const { theatre, onTheatre, choiceOfCaptions, chapters, chapter, onChapter, growing } = props;
  const choiceOfSounds = props.sounds.length > 1;
  return (
    <>
      <media-loading-indicator slot="centered-chrome" noautohide />
      {/* Hidden it still has its room, so it stands above the bars. */}
      <media-playback-rate-menu ref={asOnlyMenu} hidden anchor="auto" rates={speeds.join(' ')} />
      <media-rendition-menu ref={asOnlyMenu} hidden anchor="auto" />
      {chapters.length > 0 && <ChapterMenu chapters={chapters} current={chapter} onChoose={onChapter} />}
      {choiceOfSounds && <SoundMenu {...props} />}
      {choiceOfCaptions && <media-captions-menu ref={asOnlyMenu} hidden anchor="auto" />}
      <media-control-bar className="player-timeline">
        <media-time-range ref={asDecoration} />
      </media-control-bar>
      <media-control-bar className="player-buttons">
        <media-play-button notooltip />
        <media-mute-button />
        <media-volume-range />
        <span className="player-place">
          <media-time-display showduration notoggle />
          {growing && (
            <span className="player-so-far" title="The rest is still being processed">
              so far
            </span>
          )}
          {chapters.length > 0 && <ChapterButton chapters={chapters} current={chapter} />}
        </span>
        <span className="player-space" />
        {choiceOfCaptions ? <media-captions-menu-button /> : <media-captions-button ref={asSwitch} />}
        {choiceOfSounds && <SoundButton />}
        <media-playback-rate-menu-button />
        <media-rendition-menu-button />
        <media-pip-button />
        <button
          type="button"
          className="player-theatre"
          aria-label="Theatre mode"
          aria-pressed={theatre}
          title="Theatre mode (t)"
          onClick={onTheatre}
        >
          <RectangleHorizontal aria-hidden />
        </button>
        <media-fullscreen-button />
      </media-control-bar>
    </>
  );
}
