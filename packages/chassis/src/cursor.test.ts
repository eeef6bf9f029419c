import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from './cursor.ts';

const position = z.strictObject({ at: z.number(), id: z.string() });

describe('a cursor', () => {
  it('gives back the position it was made of, for the same list', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((at) => at + 0),
        fc.string(),
        (list, at, id) => {
          expect(decodeCursor(list, position, encodeCursor(list, { at, id }))).toEqual({ at, id });
        },
      ),
    );
  });

  it('consists of characters that need no escaping in an address', () => {
    expect(encodeCursor('ä', { at: 1.5, id: '?ÿ>' })).toMatch(/^[A-Za-z0-9_-]+$/);
  });

  it.each([
    ['is one of another list', encodeCursor('other', { at: 1, id: 'a' })],
    ['holds a position of another form', encodeCursor('list', { at: 'now', id: 'a' })],
    ['was cut', encodeCursor('list', { at: 1, id: 'a' }).slice(0, -1)],
    ['was added to', `${encodeCursor('list', { at: 1, id: 'a' })}!`],
    ['is JSON of something else', Buffer.from('{}').toString('base64url')],
    ['is no JSON', Buffer.from('nonsense').toString('base64url')],
    ['is garbage', '../../etc/passwd'],
    ['is empty', ''],
  ])('is refused by the name `cursor` when it %s', (_, cursor) => {
    expect(() => decodeCursor('list', position, cursor)).toThrow(
      expect.objectContaining({ kind: 'invalid', errors: [{ path: 'cursor', message: expect.any(String) }] }),
    );
  });

  it('is refused, and nothing worse, whatever text comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (cursor) => {
        expect(() => decodeCursor('list', position, cursor)).toThrow(expect.objectContaining({ kind: 'invalid' }));
      }),
    );
  });
});
