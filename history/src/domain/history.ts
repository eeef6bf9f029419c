import type { HistoryItem } from '@flixtube/contracts/http/history';
import type { VideoCatalogue } from './watched-videos.ts';
import { digest, type Report, type Watching } from './watching.ts';
import type { KnownVideos, ListQuery, Position, WatchingRepository } from './watching-repository.ts';

export interface HistoryPage {
  items: HistoryItem[];
  next: Position | undefined;
}

export type History = ReturnType<typeof createHistory>;

/** Marks of removals and of deleted videos outlive every report that could still be on its way. */
const markMs = 7 * 24 * 3600_000;

/** The rules of what was watched, whose it is, and which views count. */
export function createHistory(o: { watchings: WatchingRepository; videos: KnownVideos; catalogue: VideoCatalogue }) {
  const { watchings, videos, catalogue } = o;

  return {
    /** Takes what players told; the same reports again change nothing. */
    async note(reports: readonly Report[]): Promise<void> {
      const ids = [...new Set(reports.map(({ videoId }) => videoId))];
      const gone = await videos.deleted(ids);
      const live = reports.filter(({ videoId }) => !gone.has(videoId));
      const { watchings: newest, candidates } = digest(live, await videos.durations(ids));
      await watchings.keep(newest);
      await watchings.countViews(candidates);
      // A video that was deleted meanwhile: its removal may have come before what was just kept.
      const goneNow = await videos.deleted(ids.filter((id) => !gone.has(id)));
      if (goneNow.size > 0) await watchings.removeVideos([...goneNow]);
    },

    /** A page of what a viewer watched, with the videos as the catalogue has them; those that are gone are left out. */
    async list(query: ListQuery): Promise<HistoryPage> {
      const items: HistoryItem[] = [];
      let after = query.after;
      for (;;) {
        const some = await watchings.list({ ...query, after, limit: query.limit + 1 });
        const page = await withVideos(some.slice(0, query.limit), query.viewerId);
        for (const [i, item] of page.entries()) {
          if (item === undefined) continue;
          items.push(item);
          const last = some[i];
          const more = i + 1 < some.length;
          if (items.length === query.limit && last) return { items, next: more ? positionOf(last) : undefined };
        }
        const last = some[query.limit - 1];
        if (some.length <= query.limit || last === undefined) return { items, next: undefined };
        after = positionOf(last);
      }
    },

    /** Removes one video, or everything, from a viewer's history. */
    remove: (viewerId: string, videoId?: string): Promise<void> => watchings.remove(viewerId, videoId, new Date()),

    /** A video is gone for good: from everybody's history, and reports of it that still come are ignored. */
    async videoDeleted(videoId: string): Promise<void> {
      // The mark first: a report that is kept after it sees it, one that was kept before it is removed with the others.
      await videos.setDeleted(videoId, new Date());
      await watchings.removeVideos([videoId]);
    },

    /** A video's length became known, or is told again with another change of the video. */
    async videoChanged(videoId: string, durationSeconds: number | null): Promise<void> {
      if (durationSeconds === null || durationSeconds <= 0) return;
      const known = await videos.durations([videoId]);
      if (known.get(videoId) === durationSeconds) return;
      await watchings.setDuration(videoId, durationSeconds);
      await videos.setDuration(videoId, durationSeconds);
    },

    /** Forgets marks that nothing can come up against any more, and answers how many. */
    async forgetRemovals(): Promise<number> {
      const before = new Date(Date.now() - markMs);
      return (await watchings.forgetRemovals(before)) + (await videos.forgetDeleted(before));
    },
  };

  /** For each watching its item, or undefined where the video is gone. */
  async function withVideos(some: readonly Watching[], viewerId: string): Promise<(HistoryItem | undefined)[]> {
    if (some.length === 0) return [];
    const found = await catalogue.findAll(
      some.map(({ videoId }) => videoId),
      viewerId,
    );
    const byId = new Map(found.map((video) => [video.id, video]));
    return some.map(({ videoId, positionSeconds, watchedAt }) => {
      const video = byId.get(videoId);
      return video && { video, positionSeconds, watchedAt: watchedAt.toISOString() };
    });
  }
}

function positionOf({ watchedAt, videoId }: Watching): Position {
  return { watchedAt: watchedAt.getTime(), videoId };
}
