import { timeOf } from '@flixtube/chassis/ids';
import type { Traces, VideoTrace } from './by-video.ts';

/**
 * What does not fit together, and what mends it:
 * - announce: an upload is stored, and the catalogue has never heard of it: its event is published once more
 * - process: what processing has made, or its word of it, is missing: the video is processed again. Where it is the
 *   uploaded file itself that is missing, that ends with the video failed, and the owner told to upload it again
 * - remove-blobs: the video was removed, its blobs are still there
 * - orphan: blobs of a video that nothing knows; removed only when that is asked for
 * - captions: the owner's own text track is gone; nothing brings it back
 */
export interface Finding {
  id: string;
  mend: 'announce' | 'process' | 'remove-blobs' | 'orphan' | 'captions';
  detail: string;
}

/**
 * @param settledBefore what has changed since may still be on its way, on a running system: it is not judged
 */
export function findingsOf(traces: Traces, settledBefore: Date): Finding[] {
  const { id, video, upload, processing, blobs } = traces;
  if (timeOf(id) > settledBefore || (processing && processing.changedAt > settledBefore)) return [];
  if (video?.deletedAt !== undefined) {
    if (video.deletedAt > settledBefore || blobs.size === 0) return [];
    return [{ id, mend: 'remove-blobs', detail: `it was removed, and ${blobs.size} of its blobs are there` }];
  }
  if (video !== undefined) return ofVideo(video, traces, settledBefore);
  if (upload?.state === 'stored' && upload.source !== undefined) {
    if (upload.storedAt !== undefined && upload.storedAt > settledBefore) return [];
    return blobs.has(upload.source.key)
      ? [{ id, mend: 'announce', detail: 'its upload is stored, and it is not in the catalogue' }]
      : [];
  }
  if (upload !== undefined || blobs.size === 0) return [];
  return [{ id, mend: 'orphan', detail: `${blobs.size} blobs, and no word of it in any database` }];
}

function ofVideo(video: VideoTrace, { id, processing, blobs }: Traces, settledBefore: Date): Finding[] {
  const process = (detail: string): Finding => ({ id, mend: 'process', detail });
  const isGone = (key: string | undefined | null) => key !== undefined && key !== null && !blobs.has(key);
  const lostCaptions = (video.captions ?? []).filter(({ key }) => !blobs.has(key)).length;
  const findings: Finding[] =
    lostCaptions > 0 ? [{ id, mend: 'captions', detail: `${lostCaptions} text tracks of its owner are missing` }] : [];
  const asked = video.processingId ?? '';
  if (asked !== '' && timeOf(asked) > settledBefore) return findings;
  if (isGone(video.source?.key)) {
    // Said before, and told to its owner.
    if (video.status !== 'failed') findings.push(process('the uploaded file is missing'));
  } else if (video.status === 'processing') {
    const isAtWork = processing?.state === 'working' || processing?.state === 'finishing';
    if (!processing || processing.processingId < asked) findings.push(process('its processing was never begun'));
    else if (!isAtWork) findings.push(process('its processing has ended, and the catalogue does not know how'));
  } else {
    const { manifest, poster, storyboard, fileCaptions = [], chapters } = video;
    const made = [manifest?.key, poster?.key, storyboard?.vtt, ...(storyboard?.sprites ?? []), chapters];
    const lost = [...made, ...fileCaptions.map(({ key }) => key)].filter(isGone).length;
    if (lost > 0) findings.push(process(`${lost} files that processing has made are missing`));
  }
  return findings;
}
