import type { ErrorData, default as HlsJs } from 'hls.js';
import type { Quality } from './source.ts';

/** What happens to a playback by hls.js that the player has to know. */
export interface HlsListener {
  /** The qualities that there are. */
  onQualities: (qualities: Quality[]) => void;
  /** The names of the sound tracks that there are. */
  onSounds: (names: string[]) => void;
  /** How far the playlist reaches, in seconds, and whether it still grows. */
  onReach: (seconds: number, growing: boolean) => void;
  /** A segment that the playlist names is not there any more; it is not tried again. Else that is fatal. */
  onGone?: () => void;
  /** It does not go on. `answered`: the server did answer, so it is not the connection. */
  onFatal: (problem: { answered: boolean; detail: string }) => void;
}

export interface HlsPlayback {
  /** Of this height and no other; null lets it choose by the connection. */
  choose(height: number | null): void;
  /** To the sound track of this number. */
  listen(sound: number): void;
  end(): void;
}

/** Seconds to fetch ahead: little before it plays, which it may never do. */
const ahead = { waiting: 8, playing: 40 };

/** Parts of hls.js that are left out; its types do not know that one may. */
const withoutText: object = {
  subtitleTrackController: undefined,
  subtitleStreamController: undefined,
  timelineController: undefined,
};

/** Plays HLS in an element by hls.js. Begins at `startAt`, also where the playlist grows. */
export function playByHlsJs(
  Hls: typeof HlsJs,
  video: HTMLVideoElement,
  url: string,
  startAt: number,
  listener: HlsListener,
): HlsPlayback {
  const hls = new Hls({
    // An EVENT playlist is live in hls.js' eyes: without this it would begin at its edge.
    startPosition: startAt,
    maxBufferLength: ahead.waiting,
    liveDurationInfinity: false,
    maxLiveSyncPlaybackRate: 1,
    lowLatencyMode: false,
    capLevelToPlayerSize: true,
    // Captions stand beside the video as tracks. hls.js neither doubles those that the playlist names nor clears ours.
    ...withoutText,
  });
  let mended = false;
  let gone = false;

  hls.on(Hls.Events.MANIFEST_PARSED, () => {
    listener.onQualities(hls.levels.map(({ width, height, bitrate }) => ({ width, height, bitrate })));
  });
  hls.on(Hls.Events.AUDIO_TRACKS_UPDATED, (_event, { audioTracks }) => {
    listener.onSounds(audioTracks.map(({ name }) => name));
  });
  hls.on(Hls.Events.LEVEL_UPDATED, (_event, { details }) => listener.onReach(details.edge, details.live));
  hls.on(Hls.Events.ERROR, (_event, data) => {
    if (isGone(data) && listener.onGone) {
      // Picture and sound may both be gone, and it is one event.
      if (!gone) listener.onGone();
      gone = true;
      return;
    }
    if (!data.fatal) return;
    if (data.type === Hls.ErrorTypes.MEDIA_ERROR && !mended) {
      mended = true;
      hls.recoverMediaError();
      return;
    }
    listener.onFatal({ answered: wasAnswered(data), detail: data.details });
  });
  const lookFurther = () => {
    hls.config.maxBufferLength = ahead.playing;
  };
  video.addEventListener('play', lookFurther, { once: true });
  if (!video.paused) lookFurther();
  hls.loadSource(url);
  hls.attachMedia(video);

  return {
    choose(height) {
      const level = height === null ? -1 : hls.levels.findIndex((candidate) => candidate.height === height);
      hls.nextLevel = level;
    },
    listen(sound) {
      hls.audioTrack = sound;
    },
    end() {
      video.removeEventListener('play', lookFurther);
      hls.destroy();
    },
  };
}

const wasAnswered = ({ response, type }: ErrorData) => type !== 'networkError' || Boolean(response?.code);

/** The server says that there is no such segment (RFC 9110 §15.5.5, §15.5.11). */
const isGone = ({ frag, response }: ErrorData) => Boolean(frag) && (response?.code === 404 || response?.code === 410);
