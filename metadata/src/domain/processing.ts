import type { Video } from './video.ts';

/** What video-processing tells of one processing of a video. */
export type Report = { processingId: string } & (
  | { told: 'progressed'; fraction: number; manifest: string | null }
  | ({ told: 'processed'; manifest: string } & Pick<
      Video,
      'durationSeconds' | 'width' | 'height' | 'poster' | 'storyboard' | 'fileCaptions' | 'chapters'
    >)
  | { told: 'failed'; failure: NonNullable<Video['failure']> }
);

/**
 * A video after a report; the very same one when the report says nothing new. Reports may come twice and in any order: those
 * of an earlier processing no longer count (their ids are UUIDv7, so a later one is greater), and nothing follows an end.
 * What could be played before a video is processed again can be played until that has ended.
 */
export function reported(video: Video, report: Report): Video {
  const { processingId } = report;
  if (video.processingId !== null && processingId < video.processingId) return video;
  const isNews = video.processingId !== processingId;
  if (!isNews && video.status !== 'processing') return video;
  const now = begun(video, processingId);
  switch (report.told) {
    case 'progressed': {
      if (!isNews && report.fraction < video.progress) return video;
      const { fraction: progress, manifest: key } = report;
      const isMore =
        key !== null && key !== video.manifest?.key && (video.manifest?.processingId ?? processingId) === processingId;
      // Told twice: nothing is to be written, and nobody to be told.
      if (!isNews && !isMore && progress === video.progress) return video;
      return { ...now, progress, manifest: isMore ? { key, processingId } : video.manifest };
    }
    case 'processed': {
      const { told: _, processingId: __, manifest: key, ...made } = report;
      return { ...now, status: 'ready', progress: 1, ...made, manifest: { key, processingId } };
    }
    case 'failed': {
      // What it had made so far is removed.
      const manifest = video.manifest?.processingId === processingId ? null : video.manifest;
      return { ...now, status: 'failed', failure: report.failure, manifest };
    }
  }
}

/** A video that is being processed from the beginning. */
export function begun(video: Video, processingId: string): Video {
  const processingVersion = video.processingVersion + 1;
  const progress = video.processingId === processingId ? video.progress : 0;
  return { ...video, processingId, processingVersion, status: 'processing', failure: null, progress };
}
