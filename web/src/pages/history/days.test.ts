import { describe, expect, it } from '@jest/globals';
import { groupByDay } from './days.ts';

/** An instant by the local clock, whatever the zone of the machine. */
const at = (...parts: [number, number, number, number?, number?]) => ({ watchedAt: new Date(...parts).toISOString() });
const now = new Date(2026, 2, 1, 0, 30);

describe('groupByDay', () => {
  it('when days differ by the local calendar, then each is a group, in the order given', () => {
    const days = groupByDay([at(2026, 2, 1, 0, 10), at(2026, 1, 28, 23, 50), at(2026, 1, 28, 1), at(2026, 1, 20)], now);
    expect(days.map(({ date, label, items }) => [date, label, items.length])).toEqual([
      ['2026-03-01', 'Today', 1],
      ['2026-02-28', 'Yesterday', 2],
      ['2026-02-20', 'Friday, 20 February', 1],
    ]);
  });

  it('when it was in another year, then the label says which', () => {
    expect(groupByDay([at(2025, 11, 24)], now)[0]?.label).toBe('Wednesday, 24 December 2025');
  });

  it('when there is nothing, then there are no days', () => {
    expect(groupByDay([], now)).toEqual([]);
  });
});
