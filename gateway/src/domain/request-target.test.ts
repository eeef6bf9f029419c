import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseRequestTarget } from './request-target.ts';

describe('a request target', () => {
  it('comes apart into path, segments and query, as it is', () => {
    expect(parseRequestTarget('/api/videos/a%20b/file?x=%2F&y')).toEqual({
      path: '/api/videos/a%20b/file',
      segments: ['api', 'videos', 'a%20b', 'file'],
      query: '?x=%2F&y',
      area: 'api',
    });
    expect(parseRequestTarget('/')).toMatchObject({ path: '/', area: 'web' });
    expect(parseRequestTarget('HTTP://any.example?q')).toMatchObject({ path: '/', query: '?q', area: 'web' });
  });

  it.each([
    '/internal',
    '/internal/x',
    '/Internal/x',
    '/%49nternal/x',
    '/API/x',
    '/health/other',
    '/%61pi/videos',
    '/metrics',
    '/Metrics/x',
  ])('is closed, when it is %s', (target) => expect(parseRequestTarget(target).area).toBe('closed'));

  it('never names, once accepted, anything but what a later reader makes of it, whatever it is made of', () => {
    const piece = fc.constantFrom(
      '/',
      '//',
      '.',
      '..',
      '%2e',
      '%2E%2e',
      '%2f',
      '%5c',
      '\\',
      'api',
      'internal',
      'INTERNAL',
      'videos',
      '?',
      '%00',
      '%',
      'é',
      'a',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const target = `/${pieces.join('')}`;
        let parsed: ReturnType<typeof parseRequestTarget>;
        try {
          parsed = parseRequestTarget(target);
        } catch {
          return;
        }
        // The URL standard's reader resolves dots and turns backslashes; decoding once more is what a router does.
        const { pathname } = new URL(`http://x${target}`);
        expect(pathname).toBe(parsed.path);
        const decoded = decodeURIComponent(pathname);
        expect(new URL(decoded, 'http://x').host).toBe('x');
        if (parsed.area !== 'closed') expect(decoded.toLowerCase()).not.toMatch(/^\/+internal(\/|$)/);
        if (parsed.area !== 'closed')
          expect(new URL(decoded.toLowerCase(), 'http://x').pathname).not.toMatch(/^\/+internal(\/|$)/);
      }),
      { numRuns: 2000 },
    );
  });
});
