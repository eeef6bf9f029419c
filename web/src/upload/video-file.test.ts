import { describe, expect, it } from '@jest/globals';
import { refusalOf, titleFrom, videoTypeOf } from './video-file.ts';

describe('videoTypeOf', () => {
  it.each([
    ['the type that the browser knows', { name: 'a.bin', type: 'video/mp4', size: 1 }, 'video/mp4'],
    ['the extension, when it knows none', { name: 'Film.MKV', type: '', size: 1 }, 'video/x-matroska'],
    ['the extension, when it is mistaken', { name: 'a.ts', type: 'text/vnd.qt.linguist', size: 1 }, 'video/mp2t'],
    ['nothing, for what is no video', { name: 'a.pdf', type: 'application/pdf', size: 1 }, null],
    ['nothing, for a name without extension', { name: 'mp4', type: '', size: 1 }, null],
  ])('when given a file, then goes by %s', (_by, file, type) => expect(videoTypeOf(file)).toBe(type));
});

describe('refusalOf', () => {
  it('when the file is no video or empty, then says so with its name; else nothing', () => {
    expect(refusalOf({ name: 'cv.pdf', type: 'application/pdf', size: 9 })).toContain('“cv.pdf” is not a video');
    expect(refusalOf({ name: 'a.mp4', type: 'video/mp4', size: 0 })).toContain('“a.mp4” is empty');
    expect(refusalOf({ name: 'a.mp4', type: 'video/mp4', size: 9 })).toBeNull();
  });

  it('when the file is larger than the server takes, then says how large both are; at the limit nothing', () => {
    const file = { name: 'a.mp4', type: 'video/mp4', size: 5_000_001 };
    expect(refusalOf(file, 5_000_000)).toBe('“a.mp4” is too large: it has 5.0 MB, and FlixTube takes 5.0 MB at most.');
    expect(refusalOf({ ...file, size: 5_000_000 }, 5_000_000)).toBeNull();
    expect(refusalOf(file, null)).toBeNull();
  });
});

describe('titleFrom', () => {
  it.each([
    ['my_trip-to.Rome.mp4', 'My trip to Rome'],
    ['IMG_2041.MOV', 'IMG 2041'],
    ['no extension', 'No extension'],
    ['élan vital.webm', 'Élan vital'],
    ['.mp4', ''],
    [`${'a'.repeat(300)}.mp4`, `A${'a'.repeat(199)}`],
  ])('when the file is called %s, then begins with %s', (name, title) => expect(titleFrom(name)).toBe(title));
});
