import type { Video } from '@flixtube/contracts/http/video';
import { type RefObject, useCallback, useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react';
import { type HlsPlayback, playByHlsJs } from './hls-js.ts';
import { renditionsOf } from './renditions.ts';
import { type Abilities, firstSource, hlsKind, isHls, qualitiesIn, type SourceKind, soundsIn } from './source.ts';

/** What is attached to the element: what it is, from where on, and whether it plays at once. */
interface Attachment {
  kind: SourceKind;
  position: number;
  play: boolean;
  /** It was loaded anew already, since segments that its playlist named were gone. */
  renewed: boolean;
}

export interface Source {
  kind: SourceKind;
  /** What was said last of a change of the source, for a person. */
  note: string | null;
  /** HLS was tried on this visit, and did not work. */
  hlsFailed: boolean;
  /** Where it is, or where it is to begin while it has not come there, in seconds. */
  place: () => number;
  /** Attaches the same anew, at a position, after it broke. */
  reload: (position: number, play: boolean) => void;
  /** Takes another source, at a position. */
  take: (kind: SourceKind, position: number, play: boolean, note: string | null) => void;
  /** Takes the file since HLS does not work; null where this browser cannot play it, or plays it already. */
  fallBack: ((position: number, play: boolean) => void) | null;
  /** How far HLS that still grows reaches, in seconds; null when it does not grow. */
  edge: RefObject<number | null>;
  /** The names of the sound tracks to choose from; fewer than two where there is no choice. */
  sounds: readonly string[];
  /** The number of the one that is heard. */
  sound: number;
  listen: (sound: number) => void;
  /** What is played still grows: its end is not the video's. */
  growing: boolean;
  can: Abilities;
}

interface Options {
  startAt: number;
  autoplay: boolean;
  /** hls.js cannot go on, and it is the connection. */
  onCut: () => void;
}

const noSounds: string[] = [];

const fellBack = 'Adaptive streaming does not work here just now. This is the video as it was uploaded.';

/** Gives a player's element what it plays, and takes it away at the end. */
export function useSource(element: RefObject<HTMLVideoElement | null>, video: Video, options: Options): Source {
  const { startAt, autoplay, onCut } = options;
  const { file, hls } = video.links;
  const [can] = useState(() => abilities(video.contentType));
  const [attached, setAttached] = useState<Attachment>(() => ({
    kind: firstSource(video, can, startAt),
    position: startAt,
    play: autoplay && !matchMedia('(prefers-reduced-motion: reduce)').matches,
    renewed: false,
  }));
  const [growing, setGrowing] = useState(false);
  const [sounds, setSounds] = useState(noSounds);
  const [sound, setSound] = useState(0);
  const [note, setNote] = useState<string | null>(null);
  const edge = useRef<number | null>(null);
  const playback = useRef<HlsPlayback>(null);
  /** Where it is to begin; until it is there an element says that it is at 0. */
  const ahead = useRef(startAt);
  const listenAgain = useEffectEvent(() => sound > 0 && playback.current?.listen(sound));
  /** It was to play when its source was taken away: that may have been pressed after the next one had been decided on. */
  const pressed = useRef(false);
  const cutOff = useEffectEvent(onCut);

  // Before media-chrome looks at the element.
  useLayoutEffect(() => {
    if (element.current) renditionsOf(element.current);
  }, [element]);

  const place = useCallback(() => element.current?.currentTime || ahead.current, [element]);
  const take = useCallback((kind: SourceKind, position: number, play: boolean, why: string | null) => {
    setNote(why);
    setAttached({ kind, position, play, renewed: false });
  }, []);
  const fallBack = useCallback((position: number, play: boolean) => take('file', position, play, fellBack), [take]);
  const reload = useCallback(
    (position: number, play: boolean) => setAttached(({ kind, renewed }) => ({ kind, position, play, renewed })),
    [],
  );

  const { kind, position, play, renewed } = attached;
  // While a video is processed again it has no HLS to begin with; who plays it has.
  const [lastHls, setLastHls] = useState(hls);
  if (hls && hls !== lastHls) setLastHls(hls);
  const url = isHls(kind) && lastHls ? lastHls : file;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attachment of the same kind begins anew as well
  useEffect(() => {
    const media = element.current;
    if (!media) return;
    const leaving = new AbortController();
    const { signal } = leaving;
    ahead.current = position;
    const once = (event: string, listener: () => void) =>
      media.addEventListener(event, listener, { once: true, signal });
    // An error may pause the element: what counts is what the viewer wanted.
    let wanted = play || pressed.current;
    pressed.current = false;
    media.addEventListener('play', () => (wanted = true), { signal });
    media.addEventListener('pause', () => (wanted = wanted && media.error !== null), { signal });
    // The playlist is of an earlier processing: the new one is at the same address.
    const renew = () => setAttached({ kind, position: place(), play: wanted, renewed: true });
    once('seeked', () => {
      ahead.current = 0;
    });
    const start = () => {
      // Also what was pressed before hls.js was there: loading makes the element forget it. Refused without a gesture,
      // it waits for one.
      if (wanted) media.play().catch(() => {});
    };

    const attach = ({ default: Hls }: typeof import('hls.js')) => {
      if (signal.aborted) return;
      // Pressed in this very instant: attaching drops its event, which waits to be told (HTML, 4.8.11.5).
      wanted ||= !media.paused;
      playback.current = playByHlsJs(Hls, media, url, position, {
        onQualities: (qualities) => {
          renditionsOf(media).offer(qualities);
          playback.current?.choose(renditionsOf(media).chosen);
        },
        onSounds: (names) => {
          setSounds(names);
          listenAgain();
        },
        onReach: (seconds, growing) => {
          edge.current = growing ? seconds : null;
          setGrowing(growing);
        },
        ...(!renewed && { onGone: renew }),
        onFatal: ({ answered }) => {
          media.dispatchEvent(new Event('sourcefailed'));
          if (answered) fallBack(place(), wanted);
          else cutOff();
        },
      });
      start();
    };

    if (kind === 'hls-js') {
      // Rejected: its code could not be fetched.
      import('hls.js').then(attach, () => signal.aborted || fallBack(place(), wanted));
    } else {
      once('loadedmetadata', () => {
        // A browser may begin what grows at its edge.
        if (position > 0 || isHls(kind)) media.currentTime = position;
      });
      if (isHls(kind)) {
        // A browser does not say why it ended. What had begun may go on with a new playlist.
        once('error', () => {
          if (!navigator.onLine) cutOff();
          else if (media.currentTime > position && !renewed) renew();
          else fallBack(place(), wanted);
        });
        readPlaylist(url, signal).then(
          (playlist) => {
            renditionsOf(media).offer(qualitiesIn(playlist));
            setSounds(soundsIn(playlist));
          },
          () => {},
        );
      } else renditionsOf(media).offer([]);
      media.src = url;
      start();
    }
    return () => {
      leaving.abort();
      pressed.current = !media.paused;
      playback.current?.end();
      playback.current = null;
      edge.current = null;
      setGrowing(false);
      setSounds(noSounds);
      // An element that is merely removed goes on loading until the browser collects its garbage.
      media.removeAttribute('src');
      media.load();
    };
  }, [element, attached, url]);

  // Who chooses a quality where the browser has no choice gets hls.js, at the same place.
  useEffect(() => {
    const media = element.current;
    if (!media) return;
    const renditions = renditionsOf(media);
    const choose = () => {
      if (playback.current) return playback.current.choose(renditions.chosen);
      const wanted = hlsKind(video, can, renditions.chosen !== null);
      if (wanted && wanted !== kind && isHls(kind)) take(wanted, place(), !media.paused, null);
    };
    renditions.addEventListener('change', choose);
    return () => renditions.removeEventListener('change', choose);
  }, [element, kind, video, can, take, place]);

  const listen = (chosen: number) => {
    setSound(chosen);
    if (playback.current) return playback.current.listen(chosen);
    const wanted = hlsKind(video, can, true);
    if (wanted && wanted !== kind && element.current) take(wanted, place(), !element.current.paused, null);
  };

  return {
    ...{ kind, note, hlsFailed: note === fellBack, place, reload, take, edge, sounds, sound, listen, growing, can },
    fallBack: isHls(kind) && can.file ? fallBack : null,
  };
}

function abilities(contentType: string): Abilities {
  const probe = document.createElement('video');
  return {
    nativeHls: probe.canPlayType('application/vnd.apple.mpegurl') !== '',
    mse: 'MediaSource' in window || 'ManagedMediaSource' in window,
    // Browsers deny the name of QuickTime's container, and play most of what is in it.
    file: contentType === 'video/quicktime' || probe.canPlayType(contentType) !== '',
  };
}

/** Where the browser plays HLS by itself, only the playlist tells which qualities and sounds there are. */
async function readPlaylist(url: string, signal: AbortSignal): Promise<string> {
  // Without hls.js, which needs it, there would be no choice of them.
  if (!('MediaSource' in window)) return '';
  const response = await fetch(url, { signal });
  return response.ok ? response.text() : '';
}
