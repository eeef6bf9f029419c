import { DomainError } from '@flixtube/chassis/errors';
import type { Catalogue, Log, ObjectStore, UploadRecords } from '../ingest.ts';
import { objectPrefix, type StoredUpload, sourceKey } from '../upload.ts';
import type { BlockStore, ResumableRecords } from './ports.ts';
import { uploadGone } from './refusals.ts';
import { RunningSha256 } from './running-sha256.ts';

export interface FinishingOptions {
  resumables: Pick<ResumableRecords, 'arrived'>;
  records: Pick<UploadRecords, 'commit' | 'giveUp' | 'forget'>;
  blocks: Pick<BlockStore, 'commit'>;
  store: Pick<ObjectStore, 'removeAll'>;
  catalogue: Catalogue;
  log: Log;
}

/** Makes the video of an upload whose bytes have all arrived. */
export class Finishing {
  readonly #options: FinishingOptions;

  constructor(options: FinishingOptions) {
    this.#options = options;
  }

  /**
   * Each step may be repeated, by several replicas at the same time too, so that whoever comes by after a kill goes on:
   * the object, then the commit point, then the announcement. Does nothing for one that is stored already.
   * @throws DomainError 'gone' when its blocks are not there any more, or it was ended; transient ones
   */
  async finish(videoId: string): Promise<void> {
    const { resumables, records, blocks, catalogue, log } = this.#options;
    const arrived = await resumables.arrived(videoId);
    if (arrived === undefined) return;
    const { upload, contentType } = arrived;
    const wanted = {
      key: sourceKey(videoId),
      contentType,
      sizeBytes: upload.lengthBytes,
      sha256: (await RunningSha256.from(arrived.hashState)).hex,
    };
    const source = await blocks.commit(arrived.blocks, wanted).catch(async (error: unknown) => {
      if (error instanceof DomainError && error.kind === 'gone') await this.remove(videoId);
      throw error;
    });
    const { ownerId, title, description, visibility, startedAt } = upload;
    const stored: StoredUpload = {
      videoId,
      ownerId,
      title,
      description,
      visibility,
      startedAt,
      source,
      storedAt: new Date(),
    };
    if (!(await records.commit(stored))) {
      await this.remove(videoId);
      throw uploadGone();
    }
    await catalogue
      .announce(stored)
      .catch((err) => log.warn({ err, videoId }, 'a fresh video was not announced; its event will tell of it'));
  }

  /** Gives an upload up and removes what is stored of it; what cannot be removed now, a sweep removes. */
  async remove(videoId: string): Promise<void> {
    const { records, store, log } = this.#options;
    try {
      if (!(await records.giveUp(videoId))) return;
      await store.removeAll(objectPrefix(videoId));
    } catch (err) {
      log.warn({ err, videoId }, 'what is left of an upload could not be removed; a sweep will do it');
    }
  }
}
