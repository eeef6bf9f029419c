import { speeds } from './keys.ts';
import 'media-chrome/media-controller';
import 'media-chrome/media-control-bar';
import 'media-chrome/media-time-range';
import 'media-chrome/media-play-button';
import 'media-chrome/media-mute-button';
import 'media-chrome/media-volume-range';
import 'media-chrome/media-time-display';
import 'media-chrome/media-captions-button';
import 'media-chrome/menu/media-playback-rate-menu';
import 'media-chrome/menu/media-playback-rate-menu-button';
import 'media-chrome/media-pip-button';
import 'media-chrome/media-fullscreen-button';
import 'media-chrome/media-loading-indicator';

/** What lies over the picture: media-chrome's elements, which find their media-controller by themselves. */
export function Controls() {
  return (
    <>
      <media-loading-indicator slot="centered-chrome" noautohide />
      <media-control-bar className="player-timeline">
        <media-time-range />
      </media-control-bar>
      <media-control-bar className="player-buttons">
        <media-play-button />
        <media-mute-button />
        <media-volume-range />
        <media-time-display showduration notoggle />
        <span className="player-space" />
        <media-captions-button />
        <media-playback-rate-menu-button />
        <media-pip-button />
        <media-fullscreen-button />
      </media-control-bar>
      <media-playback-rate-menu hidden anchor="auto" rates={speeds.join(' ')} />
    </>
  );
}
