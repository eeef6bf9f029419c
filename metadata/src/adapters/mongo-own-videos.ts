import type { Collection, Filter } from 'mongodb';
import type { OwnPage, VideoRepository } from '../domain/video-repository.ts';
import { type StoredVideo, toVideo, type VideoDocument, videoFields } from './video-document.ts';

/** A page of what somebody has uploaded. A removed video has no owner any more, so it is not among them. */
export async function listOwn(
  collection: Collection<VideoDocument>,
  { ownerId, after, limit }: Parameters<VideoRepository['listOwn']>[0],
): Promise<OwnPage> {
  const read = (bounds: Filter<VideoDocument>, most: number) =>
    collection
      .find<StoredVideo>({ ownerId, ...bounds }, { projection: { ...videoFields } })
      .sort({ createdAt: -1, _id: -1 })
      .limit(most)
      .toArray();
  // One more than the page, to know whether there is another.
  const wanted = limit + 1;
  let found: StoredVideo[];
  if (after === undefined) found = await read({}, wanted);
  else {
    // In two parts, each of which reads its index in order; together they are what an $or would sort anew.
    const createdAt = new Date(after.createdAt);
    found = await read({ createdAt, _id: { $lt: after.id } }, wanted);
    if (found.length < wanted) found.push(...(await read({ createdAt: { $lt: createdAt } }, wanted - found.length)));
  }
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    videos: page.map(toVideo),
    next:
      last !== undefined && found.length > page.length
        ? { createdAt: last.createdAt.getTime(), id: last._id }
        : undefined,
  };
}
