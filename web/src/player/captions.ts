import { prefer, preferences } from './preferences.ts';

/** What there is to know of a text track to choose one. */
type Track = Pick<TextTrack, 'kind' | 'language' | 'label' | 'mode'>;

const isCaption = ({ kind }: Pick<TextTrack, 'kind'>): boolean => kind === 'captions' || kind === 'subtitles';

/** The captions that an element has, whether they stand beside it or came with what it plays. */
export const captionTracks = (video: HTMLVideoElement): TextTrack[] => [...video.textTracks].filter(isCaption);

/** Those in a language; else in the same language of another place or kind, but not those for foreign parts alone. */
export function trackIn<T extends Track>(tracks: readonly T[], language: string | null): T | undefined {
  if (language === null) return undefined;
  const [base] = language.split('-');
  return (
    tracks.find((track) => track.language === language) ??
    tracks.find((track) => track.language.split('-')[0] === base && !track.language.endsWith('-x-forced'))
  );
}

/** Shows one of the captions, and no other; none for null. */
export function showOnly<T extends Track>(tracks: readonly T[], shown: T | null): void {
  for (const track of tracks) {
    const mode = track === shown ? 'showing' : 'disabled';
    if (track.mode !== mode) track.mode = mode;
  }
}

/** Shows what this viewer has had last, else the first; or hides what is shown. Answers it in words. */
export function toggleCaptions(video: HTMLVideoElement): string {
  const tracks = captionTracks(video);
  const next = trackIn(tracks, preferences().captionsLanguage) ?? tracks[0];
  if (!next) return 'No captions';
  const hide = tracks.some(({ mode }) => mode === 'showing');
  showOnly(tracks, hide ? null : next);
  return hide ? 'Captions off' : `Captions: ${next.label}`;
}

/** Captions in this language are to be shown from now on, where there are any. */
export const preferCaptions = (language: string): void => prefer({ captions: language, captionsLanguage: language });

/**
 * Has an element show the captions that this viewer likes, and remembers what is chosen, until `signal` ends it. The
 * button over the picture does as the key does: media-chrome would show the first there are.
 */
export function rememberCaptions(video: HTMLVideoElement, signal: AbortSignal): void {
  const show = () => {
    const tracks = captionTracks(video);
    const track = trackIn(tracks, preferences().captions);
    if (track) showOnly(tracks, track);
  };
  show();
  video.parentElement?.addEventListener(
    'mediatogglesubtitlesrequest',
    (event) => {
      event.stopPropagation();
      toggleCaptions(video);
    },
    { capture: true, signal },
  );
  const shownNow = () => captionTracks(video).find(({ mode }) => mode === 'showing')?.language ?? null;
  let before = shownNow();
  const on = (event: string, listener: () => void) => video.textTracks.addEventListener(event, listener, { signal });
  on('addtrack', show);
  // Those that are taken away are not turned off by the viewer.
  on('removetrack', () => {
    before = shownNow();
  });
  on('change', () => {
    const now = shownNow();
    // It may be another kind of track that has changed.
    if (now === before) return;
    before = now;
    if (now === null) prefer({ captions: null });
    else preferCaptions(now);
  });
}
