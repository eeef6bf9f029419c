/**
 * How videos trend: each view is worth half of one that comes a half-life later ("forward decay", Cormode et al. 2009). A
 * view's weight is fixed when it is counted, 2^((its time - landmark) / half-life), and a video's score is their sum: all
 * scores would decay by the same factor, so their order is right at any time without ever touching a video again.
 */
const halfLifeMs = 2 * 24 * 3600 * 1000;

/**
 * The moment at which a view weighs 1. A double holds 2^-1022 to 2^1023, and the landmark lies so that views weigh 2^-1000 in
 * January 2026. With 2^23 views left for a single video, scores stay finite for 1,000 half-lives after it: until
 * December 2036. By then it has to be moved, in one update that multiplies all scores by 2^-1900.
 */
const landmark = Date.UTC(2026, 0, 1) + 1_000 * halfLifeMs;

/** A new video starts with half a view's worth, so that those that nobody has seen yet trend by their age. */
export function scoreOfNew(createdAt: Date): number {
  return weightAt(createdAt) / 2;
}

/** What a view at `time` adds to its video's score. One that claims to come from the future counts as one of now. */
export function weightOfView(time: Date, now: Date): number {
  return weightAt(time < now ? time : now);
}

function weightAt(time: Date): number {
  return 2 ** ((time.getTime() - landmark) / halfLifeMs);
}
