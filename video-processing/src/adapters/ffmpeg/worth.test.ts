import { describe, expect, it } from '@jest/globals';
import { worthOf } from './worth.ts';

const many = 14_400;

describe('worthOf', () => {
  it('black, white and any plain picture: worth nothing', () => {
    for (const level of [0, 16, 128, 235, 255]) expect(worthOf(new Uint8Array(many).fill(level))).toBe(0);
  });

  it('a picture with much to see is worth more than one with little, and than the same one nearly black', () => {
    const rich = Uint8Array.from({ length: many }, (_, index) => 40 + ((index * 37) % 160));
    const poor = Uint8Array.from({ length: many }, (_, index) => (index % 20 === 0 ? 200 : 60));
    const dark = rich.map((level) => level / 8);
    expect(worthOf(rich)).toBeGreaterThan(worthOf(poor));
    expect(worthOf(rich)).toBeGreaterThan(worthOf(dark));
  });
});
