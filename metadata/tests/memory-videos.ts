import { termsOf } from '../src/domain/folding.ts';
import { scoreOfNew } from '../src/domain/trending.ts';
import { isListed, type Video } from '../src/domain/video.ts';
import type { VideoRepository } from '../src/domain/video-repository.ts';

/** A catalogue that forgets at the end of the test. Announces nothing. */
export function memoryVideos(): VideoRepository {
  const videos = new Map<string, Video>();
  const scores = new Map<string, number>();
  const counted = new Set<string>();
  const removed = new Map<string, Date>();
  const keyOf = {
    newest: ({ createdAt }: Video) => createdAt.getTime(),
    popular: ({ viewCount, createdAt }: Video) => viewCount + createdAt.getTime() / 2 ** 42,
    trending: ({ id }: Video) => scores.get(id) ?? 0,
  };

  const saveProcessing = async (video: Video): Promise<boolean> => {
    const before = videos.get(video.id);
    if (before?.processingVersion !== video.processingVersion - 1) return false;
    const { title, description, visibility, version, viewCount } = before;
    const { captions, removedCaptions, captionsVersion } = before;
    const texts = { captions, removedCaptions, captionsVersion };
    const others = { title, description, visibility, version, viewCount, ...texts };
    videos.set(video.id, { ...video, ...others });
    return true;
  };

  return {
    saveProcessing,
    requestProcessing: saveProcessing,
    wasRemoved: async (id) => removed.has(id),
    add: async (video) => {
      if (videos.has(video.id) || removed.has(video.id)) return;
      videos.set(video.id, video);
      scores.set(video.id, scoreOfNew(video.createdAt));
    },
    find: async (id) => videos.get(id),
    findAll: async (ids) => ids.map((id) => videos.get(id)).filter((video) => video !== undefined),
    list: async ({ sort, terms = [], after, limit }) => {
      const found = [...videos.values()]
        .filter((video) => isListed(video))
        .filter(({ title, description }) => terms.every((term) => termsOf(title, description).includes(term)))
        .map((video) => ({ key: keyOf[sort](video), id: video.id, video }))
        .filter(({ key, id }) => after === undefined || key < after.key || (key === after.key && id < after.id))
        .sort((a, b) => b.key - a.key || (a.id < b.id ? 1 : -1));
      const last = found[limit - 1];
      return {
        videos: found.slice(0, limit).map(({ video }) => video),
        next: last !== undefined && found.length > limit ? { key: last.key, id: last.id, span: 0 } : undefined,
      };
    },
    listOwn: async ({ ownerId, after, limit }) => {
      const own = [...videos.values()]
        .filter((video) => video.ownerId === ownerId)
        .map((video) => ({ createdAt: video.createdAt.getTime(), id: video.id, video }))
        .sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
        .filter(({ createdAt, id }) => {
          if (after === undefined) return true;
          return createdAt < after.createdAt || (createdAt === after.createdAt && id < after.id);
        });
      const last = own[limit - 1];
      return {
        videos: own.slice(0, limit).map(({ video }) => video),
        next: last !== undefined && own.length > limit ? { createdAt: last.createdAt, id: last.id } : undefined,
      };
    },
    saveEdit: async (video) => {
      const before = videos.get(video.id);
      if (before?.version !== video.version - 1) return false;
      const { title, description, visibility, version } = video;
      videos.set(video.id, { ...before, title, description, visibility, version });
      return true;
    },
    saveCaptions: async (video) => {
      const before = videos.get(video.id);
      if (before?.captionsVersion !== video.captionsVersion - 1) return false;
      const { captions, removedCaptions, captionsVersion } = video;
      videos.set(video.id, { ...before, captions, removedCaptions, captionsVersion });
      return true;
    },
    remove: async (video, at) => {
      if (videos.get(video.id)?.version !== video.version) return false;
      removed.set(video.id, at);
      return videos.delete(video.id);
    },
    countViews: async (all) => {
      for (const { videoId, views } of all) {
        for (const { eventId, weight } of views) {
          const video = videos.get(videoId);
          if (video === undefined || counted.has(eventId)) continue;
          counted.add(eventId);
          videos.set(videoId, { ...video, viewCount: video.viewCount + 1 });
          scores.set(videoId, (scores.get(videoId) ?? 0) + weight);
        }
      }
      return all.map(({ videoId }) => videoId).filter((id) => !videos.has(id) && !removed.has(id));
    },
    forgetRemoved: async (before) => {
      const old = [...removed].filter(([, at]) => at < before).map(([id]) => id);
      for (const id of old) removed.delete(id);
      return old.length;
    },
  };
}
