import { describe, expect, it } from '@jest/globals';
import { processingWords, shortProcessingWords } from './processing-words.ts';

const links = { file: '/f', hls: null, poster: null, storyboard: null, captions: [], chapters: null };

describe('processingWords', () => {
  it('when nothing is done yet, then says that it waits and can be watched as it is', () => {
    expect(processingWords({ status: 'processing', progress: 0, links })).toMatch(/^Waiting .* as it was uploaded\.$/);
  });
  it('when a part is done, then tells how much, rounded down, and how it can be watched', () => {
    expect(processingWords({ status: 'processing', progress: 0.999, links })).toContain('99 %. It can be watched');
    const playable = { ...links, hls: '/h' };
    expect(processingWords({ status: 'processing', progress: 0, links: playable })).toBe(
      'Being processed, 0 %. It can be watched already.',
    );
  });
  it('when there is little room, then says no more than how far it is', () => {
    expect(shortProcessingWords({ status: 'processing', progress: 0 })).toBe('Waiting to be processed');
    expect(shortProcessingWords({ status: 'processing', progress: 0.999 })).toBe('Being processed, 99 %');
    expect(shortProcessingWords({ status: 'ready', progress: 1 })).toBe('Ready');
  });
});
