import { describe, expect, it } from '@jest/globals';
import { formatAge, formatBytes, formatDuration, formatTimeLeft, formatViews, spokenDuration } from './format.ts';

describe('formatDuration', () => {
  it.each([
    [0, '0:00'],
    [7.9, '0:07'],
    [187, '3:07'],
    [3600, '1:00:00'],
    [3723, '1:02:03'],
    [-1, '0:00'],
  ])('when given %d seconds, then says %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));
});

describe('spokenDuration', () => {
  it.each([
    [0, '0 seconds'],
    [1, '1 second'],
    [60, '1 minute'],
    [187, '3 minutes 7 seconds'],
    [3723, '1 hour 2 minutes'],
    [3603, '1 hour'],
  ])('when given %d seconds, then says %s', (seconds, text) => expect(spokenDuration(seconds)).toBe(text));
});

describe('formatViews', () => {
  it.each([
    [0, 'No views yet'],
    [1, '1 view'],
    [999, '999 views'],
    [1234, '1.2K views'],
  ])('when there are %d, then says %s', (count, text) => expect(formatViews(count)).toBe(text));
});

describe('formatAge', () => {
  const now = new Date('2026-03-10T12:00:00Z');
  it.each([
    ['2026-03-10T12:00:05.000Z', 'just now'],
    ['2026-03-10T11:59:01.000Z', 'just now'],
    ['2026-03-10T11:59:00.000Z', '1 minute ago'],
    ['2026-03-10T09:30:00.000Z', '2 hours ago'],
    ['2026-03-08T12:00:00.000Z', '2 days ago'],
    ['2026-02-20T12:00:00.000Z', '2 weeks ago'],
    ['2024-01-01T00:00:00.000Z', '2 years ago'],
  ])('when it was at %s, then says %s', (instant, text) => expect(formatAge(instant, now)).toBe(text));
});

describe('formatBytes', () => {
  it.each([
    [1, '1 byte'],
    [312, '312 bytes'],
    [4_230_000, '4.2 MB'],
    [123_400_000, '123 MB'],
    [999_960, '1.0 MB'],
    [4_294_967_296, '4.3 GB'],
  ])('when given %d, then says %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe('formatTimeLeft', () => {
  it.each([
    [3, 'less than 10 seconds left'],
    [31, '40 seconds left'],
    [61, '2 minutes left'],
    [3600, '1 hour left'],
    [4000, '1 hour 7 minutes left'],
  ])('when %d seconds are left, then says %s', (seconds, text) => expect(formatTimeLeft(seconds)).toBe(text));
});
