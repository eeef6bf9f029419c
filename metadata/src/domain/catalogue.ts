import { DomainError } from '@flixtube/chassis/errors';
import { newId } from '@flixtube/chassis/ids';
import { captioned, captionKey, ownCaptionKey, uncaptioned } from './captions.ts';
import { queryTermsOf } from './folding.ts';
import { begun, type Report, reported } from './processing.ts';
import { weightOfView } from './trending.ts';
import { type Announcement, announced, edited, isOwner, maySee, type Video, type VideoEdit } from './video.ts';
import type { NewViews, OwnPage, OwnPosition, Page, Position, Sort, VideoRepository } from './video-repository.ts';

/** Which versions of a video a request is meant for; undefined when it does not say. */
export type Expectation = 'any' | ReadonlySet<number> | undefined;

export interface View {
  eventId: string;
  videoId: string;
  time: Date;
}

/** What became of a text track: the object that nothing names any more, and whether there was none in this language. */
interface CaptionChange {
  replaced: string | null;
  isNew: boolean;
}

/** Events that may still come are long gone by then: no queue holds one for three months. */
const rememberRemovedMs = 90 * 24 * 3600 * 1000;

/** Tries at a change that another one always forestalls; as many people do not edit one video at once. */
const mostTries = 10;

export type Catalogue = ReturnType<typeof createCatalogue>;

/** The catalogue: what there is to watch, who may see it, and who may change it. */
export function createCatalogue(o: { videos: VideoRepository; now?: () => Date }) {
  const { videos, now = () => new Date() } = o;

  async function get(id: string, viewerId: string): Promise<Video> {
    const video = await videos.find(id);
    // A private video's existence is private, too.
    if (video === undefined || !maySee(video, viewerId)) throw notFound();
    return video;
  }

  async function getOwn(id: string, viewerId: string, doing: string): Promise<Video> {
    const video = await get(id, viewerId);
    if (!isOwner(video, viewerId)) throw new DomainError('forbidden', `Only who uploaded this video can ${doing} it.`);
    return video;
  }

  /** Changes the text tracks of a video for its owner. */
  async function changeCaptions(
    id: string,
    viewerId: string,
    language: string,
    change: (video: Video) => Video,
  ): Promise<CaptionChange> {
    for (let tries = 1; tries <= mostTries; tries++) {
      const video = await getOwn(id, viewerId, 'caption');
      const changed = change(video);
      const before = captionKey(video, language);
      const isSame = before === captionKey(changed, language);
      // A request that comes again after its answer was lost finds all done.
      if (isSame) return { replaced: null, isNew: false };
      // The object of a track of the file is its processing's, which removes it.
      if (await videos.saveCaptions(changed)) {
        return { replaced: ownCaptionKey(video, language), isNew: before === null };
      }
    }
    throw tooBusy();
  }

  return {
    get,

    /**
     * Adds a text track to a video for its owner, or replaces the one in its language, be it the owner's or the file's.
     */
    async putCaption(id: string, viewerId: string, track: Video['captions'][number]): Promise<CaptionChange> {
      return changeCaptions(id, viewerId, track.language, (video) => captioned(video, track));
    },

    /** Removes the text track in a language for the owner. One of the file stays away when that is processed again. */
    async removeCaption(id: string, viewerId: string, language: string): Promise<CaptionChange> {
      return changeCaptions(id, viewerId, language, (video) => uncaptioned(video, language));
    },

    /**
     * Takes a video in, once however often it is announced. Answers it as it is now; undefined when it was removed
     * meanwhile: it does not come back.
     */
    async announce(announcement: Announcement): Promise<Video | undefined> {
      await videos.add(announced(announcement));
      return videos.find(announcement.videoId);
    },

    /** A video for our own services, whoever may see it. */
    async getForService(id: string): Promise<Video> {
      const video = await videos.find(id);
      if (video === undefined) throw notFound();
      return video;
    },

    /** Those of `ids` that this viewer may see, in the order of `ids`. */
    async visibleAmong(ids: readonly string[], viewerId: string): Promise<Video[]> {
      const unique = [...new Set(ids)];
      const found = new Map((await videos.findAll(unique)).map((video) => [video.id, video]));
      return unique
        .map((id) => found.get(id))
        .filter((video) => video !== undefined)
        .filter((video) => maySee(video, viewerId));
    },

    /** A page of the public catalogue, of those videos that `query` finds by words and their beginnings. */
    async list(o: {
      query?: string | undefined;
      sort: Sort;
      after?: Position | undefined;
      limit: number;
    }): Promise<Page> {
      const terms = queryTermsOf(o.query);
      if (terms?.length === 0) return { videos: [], next: undefined };
      return videos.list({ sort: o.sort, terms, after: o.after, limit: o.limit });
    },

    /** A page of what `ownerId` has uploaded, whoever may see it and however its processing went; newest first. */
    async listOwn(ownerId: string, o: { after?: OwnPosition | undefined; limit: number }): Promise<OwnPage> {
      return videos.listOwn({ ownerId, after: o.after, limit: o.limit });
    },

    /** Changes a video for its owner, if it is one of the versions that are expected. Answers it as it is then. */
    async edit(id: string, viewerId: string, edit: VideoEdit, expected: Expectation): Promise<Video> {
      for (let tries = 1; tries <= mostTries; tries++) {
        const video = await getOwn(id, viewerId, 'change');
        if (expected === undefined) {
          throw new DomainError(
            'precondition-required',
            'Changing a video needs the If-Match header with the ETag of the video that was read.',
          );
        }
        if (!isExpected(video, expected)) throw changedMeanwhile();
        const changed = edited(video, edit);
        if (await videos.saveEdit(changed)) return changed;
      }
      throw tooBusy();
    },

    /**
     * Has a video processed again, for its owner. What can be played of it stays so meanwhile.
     *
     * @throws DomainError 'conflict' while it is being processed; not for a video of which no processing has ever told, such
     * as one from before there was any: then asking again is all that can be done
     */
    async processAgain(id: string, viewerId: string): Promise<Video> {
      for (let tries = 1; tries <= mostTries; tries++) {
        const video = await getOwn(id, viewerId, 'process');
        if (video.status === 'processing' && video.processingId !== null) {
          throw new DomainError('conflict', 'This video is being processed already. Please wait until that has ended.');
        }
        const again = begun(video, newId());
        if (await videos.requestProcessing(again)) return again;
      }
      throw tooBusy();
    },

    /**
     * Takes note of what is told of a video's processing; of a video that was removed there is nothing to note.
     *
     * @throws DomainError 'not-found' when the video was never there: what tells of it may be on its way
     */
    async report(id: string, report: Report): Promise<void> {
      for (let tries = 1; tries <= mostTries; tries++) {
        const video = await videos.find(id);
        if (video === undefined) {
          if (await videos.wasRemoved(id)) return;
          throw notFound();
        }
        const now = reported(video, report);
        if (now === video) return;
        const announce = now.manifest !== video.manifest || now.status !== video.status;
        if (await videos.saveProcessing(now, announce)) return;
      }
      throw tooBusy();
    },

    /** Removes a video for its owner, if it is one of the versions that are expected, where any are. */
    async remove(id: string, viewerId: string, expected: Expectation): Promise<void> {
      for (let tries = 1; tries <= mostTries; tries++) {
        const video = await getOwn(id, viewerId, 'delete');
        if (!isExpected(video, expected)) throw changedMeanwhile();
        if (await videos.remove(video, now())) return;
      }
      throw tooBusy();
    },

    /**
     * Counts views, each once however often it is told.
     *
     * @throws DomainError 'not-found' when a view is of a video that was never there, after counting all others
     */
    async countViews(views: readonly View[]): Promise<void> {
      const byVideo = Map.groupBy(views, ({ videoId }) => videoId);
      const unknown = await videos.countViews(
        [...byVideo].map(
          ([videoId, its]): NewViews => ({
            videoId,
            views: its.map(({ eventId, time }) => ({ eventId, weight: weightOfView(time, now()) })),
          }),
        ),
      );
      if (unknown.length > 0) {
        throw new DomainError('not-found', `Views of videos that are not in the catalogue: ${unknown.join(', ')}.`);
      }
    },

    /** Forgets videos that were removed so long ago that nothing about them can come any more. Answers how many. */
    async forgetRemoved(): Promise<number> {
      return videos.forgetRemoved(new Date(now().getTime() - rememberRemovedMs));
    },
  };
}

function isExpected(video: Video, expected: Expectation): boolean {
  return expected === undefined || expected === 'any' || expected.has(video.version);
}

function notFound(): DomainError {
  return new DomainError('not-found', 'There is no such video, or it has been deleted.');
}

function changedMeanwhile(): DomainError {
  return new DomainError(
    'precondition-failed',
    'The video has been changed since it was read. Read it again and repeat the change.',
  );
}

function tooBusy(): DomainError {
  return new DomainError('conflict', 'The video is being changed by several requests at once. Please try again.');
}
