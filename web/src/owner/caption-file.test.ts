import { describe, expect, it } from '@jest/globals';
import { captionText } from './caption-file.ts';

const file = (name: string, text: BlobPart = 'WEBVTT') => new File([text], name, { type: 'text/plain' });

describe('captionText', () => {
  it.each([
    ['a.vtt', 'text/vtt'],
    ['a film.de.SRT', 'application/x-subrip'],
  ])('when a file is named %s, then it is sent as %s, whatever the browser takes it for', (name, type) => {
    expect(captionText(file(name))).toMatchObject({ text: { type, size: 6 } });
  });

  it.each([
    [file('film.mp4'), 'ends with .vtt or .srt'],
    [file('captions'), 'ends with .vtt or .srt'],
    [file('a.vtt', ''), 'is empty'],
    [file('a.srt', new Uint8Array(2 ** 20 + 1)), 'larger than 1 MB'],
  ])('when a file cannot be taken, then a sentence says why', (given, words) => {
    expect(captionText(given)).toEqual({ refusal: expect.stringContaining(words) });
  });
});
