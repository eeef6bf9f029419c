import type { Migration } from '@flixtube/chassis/migrations';
import type { AnyBulkWriteOperation, Document } from 'mongodb';

/** What videos lack that were written before there was such a thing: processing, text tracks, chapters. */
const nothingYet = {
  processingId: null,
  processingVersion: 0,
  manifest: null,
  poster: null,
  storyboard: null,
  captions: [],
  fileCaptions: [],
  removedCaptions: [],
  captionsVersion: 0,
  chapters: null,
};
const names = Object.keys(nothingYet) as (keyof typeof nothingYet)[];

const atOnce = 500;

/**
 * Every video gets all fields, so that code need not ask whether one is there. A field at a time, and only where it is
 * missing: whatever a service writes meanwhile stays. What is left of a removed video has no owner, and stays as it is.
 */
export const completeVideos: Migration = {
  id: '0001-complete-videos',
  async run({ db, from, checkpoint, signal }) {
    const videos = db.collection<{ _id: string } & Document>('videos');
    const projection = Object.fromEntries(names.map((name) => [name, 1]));
    for (let after = from ?? ''; !signal.aborted; ) {
      const page = await videos
        .find({ _id: { $gt: after }, ownerId: { $exists: true } }, { projection })
        .sort({ _id: 1 })
        .limit(atOnce)
        .toArray();
      const last = page.at(-1);
      if (last === undefined) return;
      const incomplete = page.filter((video) => names.some((name) => !(name in video)));
      const updates = incomplete.flatMap((video) =>
        names
          .filter((name) => !(name in video))
          .map(
            (name): AnyBulkWriteOperation<{ _id: string } & Document> => ({
              updateOne: {
                filter: { _id: video._id, ownerId: { $exists: true }, [name]: { $exists: false } },
                update: { $set: { [name]: nothingYet[name] } },
              },
            }),
          ),
      );
      if (updates.length > 0) await videos.bulkWrite(updates, { ordered: false });
      await checkpoint(last._id, incomplete.length);
      after = last._id;
    }
  },
};
