import { describe, expect, it } from '@jest/globals';
import { showOnly, trackIn } from './captions.ts';

const track = (language: string, mode: TextTrackMode = 'disabled') => ({
  kind: 'captions' as const,
  language,
  label: language,
  mode,
});

describe('trackIn', () => {
  const tracks = ['en-x-forced', 'en-GB', 'en', 'pt-BR', 'fr-x-forced'].map((language) => track(language));
  it.each([
    ['en', 'en'],
    ['en-US', 'en-GB'],
    ['pt', 'pt-BR'],
    ['fr-x-forced', 'fr-x-forced'],
    ['fr', undefined],
    ['de', undefined],
    [null, undefined],
  ])('when %s is wanted, then %s is taken', (wanted, taken) => {
    expect(trackIn(tracks, wanted)?.language).toBe(taken);
  });
});

describe('showOnly', () => {
  it('when one is shown, then the others are not; when none is to be, then none is', () => {
    const tracks = [track('en', 'showing'), track('de'), track('fr', 'hidden')];
    showOnly(tracks, tracks[1] ?? null);
    expect(tracks.map(({ mode }) => mode)).toEqual(['disabled', 'showing', 'disabled']);
    showOnly(tracks, null);
    expect(tracks.map(({ mode }) => mode)).toEqual(['disabled', 'disabled', 'disabled']);
  });
});
