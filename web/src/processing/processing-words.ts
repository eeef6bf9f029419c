import type { Video } from '@flixtube/contracts/http/video';

type State = Pick<Video, 'status' | 'progress' | 'links'>;

/** How far the processing of a video is, in words; whether it can be watched is what people want to know of it. */
export function processingWords({ status, progress, links }: State): string {
  if (status === 'ready') return 'Ready to watch in every quality';
  if (status === 'failed') return 'Could not be processed';
  const percent = Math.floor(progress * 100);
  if (percent === 0 && !links.hls) return 'Waiting to be processed. It can be watched already, as it was uploaded.';
  const watchable = links.hls ? 'It can be watched already.' : 'It can be watched already, as it was uploaded.';
  return `Being processed, ${percent} %. ${watchable}`;
}

/** The same, where there is little room and the video's link says that it can be watched. */
export function shortProcessingWords({ status, progress }: Pick<State, 'status' | 'progress'>): string {
  if (status === 'ready') return 'Ready';
  if (status === 'failed') return 'Could not be processed';
  return progress === 0 ? 'Waiting to be processed' : `Being processed, ${Math.floor(progress * 100)} %`;
}
