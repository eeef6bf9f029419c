import { describe, expect, it } from '@jest/globals';
import { linkify } from './linkify.ts';

const hrefs = (text: string) => linkify(text).flatMap((piece) => piece.href ?? []);
const whole = (text: string) =>
  linkify(text)
    .map((piece) => piece.text)
    .join('');

describe('linkify', () => {
  it('when a text has addresses, then they are pieces of their own, and nothing of the text is lost', () => {
    const text = 'See https://example.org/a?b=c#d, and http://example.com.\nBye';
    expect(linkify(text)).toEqual([
      { start: 0, text: 'See ' },
      { start: 4, text: 'https://example.org/a?b=c#d', href: 'https://example.org/a?b=c#d' },
      { start: 31, text: ', and ' },
      { start: 37, text: 'http://example.com', href: 'http://example.com/' },
      { start: 55, text: '.\nBye' },
    ]);
  });

  it.each([
    ['(https://example.org/)', 'https://example.org/'],
    ['https://en.wikipedia.org/wiki/Tube_(film)', 'https://en.wikipedia.org/wiki/Tube_(film)'],
    ['(see https://example.org/a_(b).)', 'https://example.org/a_(b)'],
  ])('when brackets are about, as in %s, then the address is %s', (text, href) => {
    expect(hrefs(text)).toEqual([href]);
    expect(whole(text)).toBe(text);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,<b>',
    'ftp://example.org',
    'www.example.org',
    'https://',
    'http://[x',
  ])('when a text says %s, then it is no link', (text) => {
    expect(hrefs(text)).toEqual([]);
    expect(whole(text)).toBe(text);
  });

  it('when an address has markup in it, then it ends before', () => {
    expect(hrefs('https://example.org/"><script>alert(1)</script>')).toEqual(['https://example.org/']);
  });
});
