import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError } from '../errors.ts';
import { parseQuery } from './query.ts';

describe('parseQuery', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\0'));

  it('gives back what was encoded, when it is a form', () => {
    fc.assert(
      fc.property(fc.dictionary(name, name, { maxKeys: 20, noNullPrototype: false }), (wanted) => {
        const text = new URLSearchParams(Object.entries(wanted)).toString();
        expect(Object.entries(parseQuery(text))).toEqual(Object.entries(wanted));
      }),
    );
  });

  it('throws nothing but DomainErrors that say it is invalid, when it is given anything', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[%&=+a-f0-9]*$/)), (text) => {
        try {
          parseQuery(text);
        } catch (error) {
          expect(error).toBeInstanceOf(DomainError);
          expect((error as DomainError).kind).toBe('invalid');
        }
      }),
    );
  });
});
