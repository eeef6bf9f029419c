import { describe, expect, it } from '@jest/globals';
import { parsePreferences } from './preferences.ts';

const usual = { volume: 1, muted: false, speed: 1, theatre: false, captions: null, captionsLanguage: null };

describe('parsePreferences', () => {
  it('when nothing was kept, or nonsense, then everything is as usual', () => {
    for (const text of [null, '', '{', '7', 'null', '{"volume":3,"speed":99,"muted":"yes","captions":7}']) {
      expect(parsePreferences(text)).toEqual(usual);
    }
  });
  it('when something was kept, then that is taken and the rest is as usual', () => {
    expect(parsePreferences('{"volume":0.4,"speed":1.5,"captions":"de"}')).toEqual({
      ...usual,
      ...{ volume: 0.4, speed: 1.5, captions: 'de', captionsLanguage: 'de' },
    });
  });
  it('when captions are off, then the language that they had last is still known', () => {
    expect(parsePreferences('{"captions":null,"captionsLanguage":"de"}')).toEqual({
      ...usual,
      ...{ captions: null, captionsLanguage: 'de' },
    });
  });
});
