import type { Video } from '@flixtube/contracts/http/video';
import { type RefObject, useEffect, useState } from 'react';
import type { Trouble } from './recovery.ts';
import { hlsKind, isHls, mayGoOver } from './source.ts';
import type { Source } from './use-source.ts';

/** How long a pause lasts before the source may change in it, in milliseconds: not while somebody frames a step. */
const rest = 3000;
/** How close to the edge of what is processed it counts as reached, in seconds. */
const atEdge = 1;

const goingOn = 'The rest is still being processed. It goes on with the video as it was uploaded.';

/**
 * Goes over to HLS when it appears, where that disturbs nobody; and from HLS that is not complete to the file, where
 * the viewer has come to its end.
 */
export function useBetterSource(
  element: RefObject<HTMLVideoElement | null>,
  video: Video,
  source: Source,
  trouble: Trouble | null,
): void {
  const resting = useResting(element);
  const { kind, hlsFailed, place, take, edge, can } = source;
  const unplayable = trouble?.kind === 'format';

  useEffect(() => {
    const media = element.current;
    const hls = hlsKind(video, can, false);
    if (!media || !hls || isHls(kind) || hlsFailed) return;
    const begun = media.played.length > 0 || !media.paused;
    if (mayGoOver(video, { begun, unplayable, resting })) take(hls, place(), !media.paused, null);
  }, [element, video, kind, hlsFailed, can, place, take, unplayable, resting]);

  useEffect(() => {
    const media = element.current;
    if (!media || !isHls(kind) || !can.file) return;
    const onWaiting = () => {
      const reached = edge.current !== null && media.currentTime >= edge.current - atEdge;
      if (reached) take('file', media.currentTime, true, goingOn);
    };
    media.addEventListener('waiting', onWaiting);
    return () => media.removeEventListener('waiting', onWaiting);
  }, [element, kind, can, edge, take]);
}

function useResting(element: RefObject<HTMLVideoElement | null>): boolean {
  const [resting, setResting] = useState(false);
  useEffect(() => {
    const media = element.current;
    if (!media) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const begin = () => {
      clearTimeout(timer);
      timer = setTimeout(() => setResting(media.paused && !media.ended), rest);
    };
    const end = () => {
      clearTimeout(timer);
      setResting(false);
    };
    media.addEventListener('pause', begin);
    media.addEventListener('play', end);
    return () => {
      clearTimeout(timer);
      media.removeEventListener('pause', begin);
      media.removeEventListener('play', end);
    };
  }, [element]);
  return resting;
}
