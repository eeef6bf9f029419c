/** Of luma in 8 bits. */
const levels = 256;

/**
 * How much there is to see in a picture, from its luma: the entropy of its levels in bits, less for one that is nearly
 * black or white. A plain or black picture is worth 0.
 */
export function worthOf(luma: Uint8Array): number {
  const counts = new Uint32Array(levels);
  let sum = 0;
  for (const level of luma) {
    counts[level] = (counts[level] ?? 0) + 1;
    sum += level;
  }
  let entropy = 0;
  for (const count of counts) {
    const share = count / luma.length;
    if (share > 0) entropy -= share * Math.log2(share);
  }
  const mean = sum / luma.length / levels;
  return entropy * Math.min(1, 4 * mean, 4 * (1 - mean));
}
