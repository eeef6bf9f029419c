import type { Rational } from './media.ts';

/** What cameras and editors mean when their files say something near it. */
const usual: Rational[] = [
  { num: 24000, den: 1001 },
  { num: 24, den: 1 },
  { num: 25, den: 1 },
  { num: 30000, den: 1001 },
  { num: 30, den: 1 },
  { num: 48, den: 1 },
  { num: 50, den: 1 },
  { num: 60000, den: 1001 },
  { num: 60, den: 1 },
];
const near = 0.005;
const highest = 60;
/** A picture that stands still for minutes is repeated, so that segments stay short. */
const lowest = 1;
/** Of a file that does not say. */
const otherwise: Rational = { num: 25, den: 1 };

/**
 * The constant frame rate of what is made from a file of this average rate: the nearest usual one within 0.5 %, else the
 * rate itself, to a thousandth. More than 60 is divided by the smallest whole number that is enough, so that frames are
 * left out evenly.
 */
export function frameRateOf({ num, den }: Rational): Rational {
  const rate = num / den;
  if (!(rate > 0 && rate < 1e6)) return otherwise;
  const divided = rate / Math.max(1, Math.ceil(rate / (highest * (1 + near))));
  const [nearest] = usual
    .map((candidate) => ({ candidate, off: Math.abs((divided * candidate.den) / candidate.num - 1) }))
    .sort((a, b) => a.off - b.off);
  if (nearest && nearest.off <= near) return nearest.candidate;
  return reduced({ num: Math.round(Math.min(highest, Math.max(lowest, divided)) * 1000), den: 1000 });
}

function reduced({ num, den }: Rational): Rational {
  let [a, b] = [num, den];
  while (b > 0) [a, b] = [b, a % b];
  return { num: num / a, den: den / a };
}
