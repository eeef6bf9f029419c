import { AudioLines } from 'lucide-react';
import { ChoiceMenu } from './choice-menu.tsx';
import 'media-chrome/menu/media-chrome-menu-button';

/** By which media-chrome finds one from the other. */
const menuId = 'player-sounds';
const buttonId = 'player-sounds-button';

/** Opens the list of sound tracks. */
export function SoundButton() {
  return (
    <media-chrome-menu-button
      id={buttonId}
      className="player-sound"
      invoketarget={menuId}
      aria-haspopup="menu"
      aria-label="Sound track"
      title="Sound track"
      notooltip
    >
      <AudioLines aria-hidden />
    </media-chrome-menu-button>
  );
}

export interface Sounds {
  /** The names of the sound tracks to choose from. */
  sounds: readonly string[];
  /** The number of the one that is heard. */
  sound: number;
  listen: (sound: number) => void;
}

/** The sound tracks, such as languages or a comment, to listen to another one. */
export function SoundMenu({ sounds, sound, listen }: Sounds) {
  return (
    <ChoiceMenu
      id={menuId}
      button={buttonId}
      label="Sound track"
      choices={sounds.map((name, index) => ({ key: index, text: name }))}
      current={sound}
      onChoose={listen}
    />
  );
}
