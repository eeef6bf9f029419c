import type { Video } from '@flixtube/contracts/http/video';
import type { StoredUpload } from './upload.ts';

/** A video that has just been stored, as metadata will show it to its owner: watchable, and not processed yet. */
export function freshVideo(upload: StoredUpload): Video {
  return {
    id: upload.videoId,
    title: upload.title,
    description: upload.description,
    visibility: upload.visibility,
    status: 'processing',
    failure: null,
    progress: 0,
    createdAt: upload.storedAt.toISOString(),
    durationSeconds: null,
    width: null,
    height: null,
    sizeBytes: upload.source.sizeBytes,
    contentType: upload.source.contentType,
    viewCount: 0,
    owner: { id: upload.ownerId, name: 'You' },
    links: {
      file: `/api/videos/${upload.videoId}/file`,
      hls: null,
      poster: null,
      storyboard: null,
      captions: [],
      chapters: null,
    },
  };
}
