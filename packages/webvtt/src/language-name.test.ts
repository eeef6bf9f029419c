import { describe, expect, it } from '@jest/globals';
import { ownName } from './language-name.ts';

describe('the name of a language', () => {
  it.each([
    ['de', 'Deutsch'],
    ['pt-BR', 'português (Brasil)'],
    ['en-x-sdh', 'English'],
    ['qaa', 'qaa'],
    ['und', 'Unknown language'],
    ['und-x-2', 'Unknown language'],
    ['x-klingon', 'Unknown language'],
  ])('%s is %s', (language, name) => expect(ownName(language)).toBe(name));
});
