import { DomainError, isTransient } from '@flixtube/chassis/errors';
import { newId } from '@flixtube/chassis/ids';
import { ownName } from '@flixtube/webvtt/language-name';
import { NotATextTrack, readStrictly } from '@flixtube/webvtt/reader';
import { webVttOf } from '@flixtube/webvtt/writer';
import type { PlayableVideos } from './playable-videos.ts';

/** Where the texts are kept; video-storage. */
export interface CaptionStore {
  put(key: string, text: Buffer): Promise<void>;
  /** Removes all in a folder, whose name ends with a slash. */
  removeFolder(folder: string): Promise<void>;
}

/** Who knows which text is a video's, and whose the video is; metadata. Both answer the key that nothing names any more. */
export interface CaptionCatalogue {
  put(
    videoId: string,
    viewerId: string,
    track: { language: string; label: string; key: string },
  ): Promise<{ replaced: string | null; isNew: boolean }>;
  remove(videoId: string, viewerId: string, language: string): Promise<string | null>;
}

export type Captions = ReturnType<typeof createCaptions>;

/** What the owner of a video does with its text tracks. What is acknowledged is stored, and named by the catalogue. */
export function createCaptions(o: {
  videos: Pick<PlayableVideos, 'find' | 'forget'>;
  store: CaptionStore;
  catalogue: CaptionCatalogue;
  /** Told of what could not be removed; it goes when its video does. */
  leftBehind(error: unknown): void;
}) {
  /** Each text has a folder of its own, so that it can be removed alone. */
  async function removeObject(key: string | null): Promise<void> {
    if (key === null) return;
    await o.store.removeFolder(key.slice(0, key.lastIndexOf('/') + 1)).catch(o.leftBehind);
  }

  return {
    /** Refuses whoever is not the owner, before anything is read. metadata has the last word when it comes to it. */
    async requireOwner(videoId: string, viewerId: string): Promise<void> {
      const video = await o.videos.find(videoId, viewerId);
      if (video.ownerId === viewerId) return;
      throw new DomainError('forbidden', 'Only who uploaded this video can caption it.');
    },

    /**
     * Makes `text` the text track of a language. Answers its label, and whether there was another before.
     *
     * @throws DomainError 'invalid' when it is neither WebVTT nor SRT; 'conflict' when there are too many
     */
    async put(
      videoId: string,
      viewerId: string,
      given: { language: string; label: string | undefined; text: Buffer },
    ): Promise<{ label: string; isNew: boolean }> {
      const { language } = given;
      const label = given.label ?? ownName(language);
      const vtt = safeText(given.text);
      const key = `videos/${videoId}/captions/${newId()}/${language}.vtt`;
      await o.store.put(key, Buffer.from(vtt));
      let change: Awaited<ReturnType<CaptionCatalogue['put']>>;
      try {
        change = await o.catalogue.put(videoId, viewerId, { language, label, key });
      } catch (error) {
        // When no answer came, the catalogue may name it all the same.
        if (!isTransient(error)) await removeObject(key);
        throw error;
      }
      o.videos.forget(videoId);
      await removeObject(change.replaced);
      return { label, isNew: change.isNew };
    },

    /** Removes the text track of a language. @throws DomainError 'not-found' when there is none */
    async remove(videoId: string, viewerId: string, language: string): Promise<void> {
      const removed = await o.catalogue.remove(videoId, viewerId, language);
      o.videos.forget(videoId);
      await removeObject(removed);
    },
  };
}

/** What is stored of a text that was given. @throws DomainError 'invalid' that names the line */
function safeText(text: Buffer): string {
  try {
    return webVttOf(readStrictly(text));
  } catch (error) {
    if (!(error instanceof NotATextTrack)) throw error;
    throw new DomainError('invalid', `The captions cannot be read: ${error.message}.`, {
      errors: [{ path: 'body', message: error.message }],
      cause: error,
    });
  }
}
