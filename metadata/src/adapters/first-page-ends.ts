import { scoreOfNew } from '../domain/trending.ts';
import type { Sort } from '../domain/video-repository.ts';
import { newness } from './video-document.ts';

/** From a minute to four years, in milliseconds: the page of a busy site, and that of a sleepy one. */
const agesOfNewest = Array.from({ length: 8 }, (_, n) => 60_000 * 8 ** n);

/** Keys at which the first page of a list may end, the greatest first, for a list of which nothing is known. */
export function firstPageEnds(sort: Sort, now: Date): number[] {
  const times = agesOfNewest.map((age) => new Date(now.getTime() - age));
  if (sort === 'newest') return times.map(Number);
  // Where few videos have views, it is the newest that are left.
  if (sort === 'popular') return [1e6, 1e5, 1e4, 1e3, 100, 10, 2, 1, ...times.map(newness)];
  return [...[20, 16, 12, 8, 4, 2].map((power) => scoreOfNew(now) * 2 ** power), ...times.map(scoreOfNew)];
}
