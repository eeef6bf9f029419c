import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Answer,
  contentRangeOf,
  partsOf,
  patterned,
  type RepresentationServer,
  representationOf,
  representationServer,
} from '../tests/support/representation-server.ts';

const content = patterned(10_000);
const lastModified = 'Mon, 06 May 2024 07:08:09 GMT';
const later = 'Mon, 06 May 2024 07:08:10 GMT';
const earlier = 'Mon, 06 May 2024 07:08:08 GMT';

let server: RepresentationServer;
beforeAll(async () => {
  server = await representationServer(representationOf(content));
});
afterAll(() => server.close());

describe('what a request gets', () => {
  type Headers = Record<string, string | string[]>;
  // status; bytes as [start, end] for one range, or a list of them in the order of the parts
  const cases: [clause: string, headers: Headers, status: number, bytes?: [number, number][]][] = [
    ['§14.1.2: a first and a last position', { range: 'bytes=0-499' }, 206, [[0, 499]]],
    ['§14.1.2: positions are inclusive', { range: 'bytes=9999-9999' }, 206, [[9999, 9999]]],
    ['§14.1.2: the second 500 bytes', { range: 'bytes=500-999' }, 206, [[500, 999]]],
    ['§14.1.2: no last position means to the end', { range: 'bytes=9500-' }, 206, [[9500, 9999]]],
    ['§14.1.2: a last position beyond the end means the end', { range: 'bytes=9990-20000' }, 206, [[9990, 9999]]],
    ['§14.1.2: the final 500 bytes', { range: 'bytes=-500' }, 206, [[9500, 9999]]],
    ['§14.1.2: a suffix longer than all is all', { range: 'bytes=-20000' }, 206, [[0, 9999]]],
    ['§14.1.2: a numeral of any length', { range: `bytes=0-${'9'.repeat(400)}` }, 206, [[0, 9999]]],
    ['§14.1.2: a first position of any length', { range: `bytes=${'9'.repeat(400)}-` }, 416],
    ['§14.1.2: leading zeros', { range: `bytes=${'0'.repeat(50)}5-0009` }, 206, [[5, 9]]],
    ['§15.5.17: first position at the end', { range: 'bytes=10000-' }, 416],
    ['§15.5.17: first position beyond the end', { range: 'bytes=10001-10002' }, 416],
    ['§14.1.2: a suffix of nothing', { range: 'bytes=-0' }, 416],
    ['§14.1.2: one of them can be satisfied', { range: 'bytes=20000-,0-0' }, 206, [[0, 0]]],
    ['§15.5.17: none of them can be satisfied', { range: 'bytes=20000-,-0' }, 416],
    ['§14.1: range units ignore case', { range: 'ByTeS=0-1' }, 206, [[0, 1]]],
    ['§14.2: an unknown unit MUST be ignored', { range: 'seconds=0-1' }, 200],
    ['§14.1.1: no unit', { range: '0-1' }, 200],
    ['§14.1.1: an empty set', { range: 'bytes=' }, 200],
    ['§14.1.1: only empty elements', { range: 'bytes=,, ,' }, 200],
    ['§14.1.1: last before first is invalid', { range: 'bytes=5-4' }, 200],
    ['§14.1.1: one invalid range spoils the set', { range: 'bytes=0-1,5-4' }, 200],
    ['§14.1.1: a range without numbers', { range: 'bytes=-' }, 200],
    ['§14.1.1: no number', { range: 'bytes=a-b' }, 200],
    ['§14.1.1: a sign', { range: 'bytes=+1-2' }, 200],
    ['§14.1.1: a negative last position', { range: 'bytes=1--2' }, 200],
    ['§14.1.1: a fraction', { range: 'bytes=1.5-2' }, 200],
    ['§14.1.1: hexadecimal', { range: 'bytes=0x1-0x2' }, 200],
    ['§14.1.1: space inside of a range', { range: 'bytes=1 -2' }, 200],
    ['§14.1.1: space around the equals sign', { range: 'bytes = 1-2' }, 200],
    ['§14.1.1: no comma between', { range: 'bytes=1-2 4-5' }, 200],
    [
      '§5.6.1.2: empty elements and space in the list',
      { range: 'bytes= ,0-0 ,\t, 1000-1000,' },
      206,
      [
        [0, 0],
        [1000, 1000],
      ],
    ],
    ['§5.3: two Range fields are no list', { range: ['bytes=0-0', 'bytes=2-2'] }, 200],
    [
      '§15.3.7.2: parts in the order asked for',
      { range: 'bytes=9000-9001,0-1' },
      206,
      [
        [9000, 9001],
        [0, 1],
      ],
    ],
    [
      '§15.3.7.2: the unsatisfiable left out',
      { range: 'bytes=0-1,20000-,-1' },
      206,
      [
        [0, 1],
        [9999, 9999],
      ],
    ],
    ['§15.3.7.2: overlapping ranges are one', { range: 'bytes=0-500,300-700,100-200' }, 206, [[0, 700]]],
    ['§15.3.7.2: adjacent ranges are one', { range: 'bytes=500-999,0-499' }, 206, [[0, 999]]],
    ['§15.3.7.2: a gap smaller than a part is one', { range: 'bytes=0-9,60-69' }, 206, [[0, 69]]],
    [
      '§15.3.7.2: a coalesced range stands first',
      { range: 'bytes=5000-5001,0-0,5001-5009' },
      206,
      [
        [5000, 5009],
        [0, 0],
      ],
    ],

    ['§13.1.1: the entity tag', { 'if-match': '"tag"' }, 200],
    ['§13.1.1: any', { 'if-match': '*' }, 200],
    ['§13.1.1: one in a list', { 'if-match': '"a", "b,c" ,"tag"' }, 200],
    ['§13.1.1: several fields are a list', { 'if-match': ['"a"', '"tag"'] }, 200],
    ['§13.1.1: another tag', { 'if-match': '"other"' }, 412],
    ['§13.1.1: strong comparison', { 'if-match': 'W/"tag"' }, 412],
    ['§8.8.3: not quoted is no entity tag', { 'if-match': 'tag' }, 412],
    ['§8.8.3: weak is upper case', { 'if-none-match': 'w/"tag"' }, 200],
    ['§8.8.3: a tag inside of a tag', { 'if-none-match': '"a,"tag"' }, 200],
    ['§13.1.1: empty list matches nothing', { 'if-match': '' }, 412],
    ['§13.1.4: not modified since', { 'if-unmodified-since': lastModified }, 200],
    ['§13.1.4: modified since', { 'if-unmodified-since': earlier }, 412],
    ['§13.1.4: not a date', { 'if-unmodified-since': 'yesterday' }, 200],
    ['§13.2.2: If-Match decides alone', { 'if-match': '"tag"', 'if-unmodified-since': earlier }, 200],
    ['§13.2.2: If-Match before If-None-Match', { 'if-match': '"other"', 'if-none-match': '"tag"' }, 412],
    ['§13.2.2: both If-Match and If-None-Match', { 'if-match': '"tag"', 'if-none-match': '"tag"' }, 304],
    ['§13.2.2: If-Unmodified-Since first', { 'if-unmodified-since': earlier, 'if-none-match': '"tag"' }, 412],
    ['§13.1.2: the entity tag', { 'if-none-match': '"tag"' }, 304],
    ['§13.1.2: weak comparison', { 'if-none-match': 'W/"tag"' }, 304],
    ['§13.1.2: any', { 'if-none-match': '*' }, 304],
    ['§13.1.2: one in a list', { 'if-none-match': '"a", W/"tag"' }, 304],
    ['§13.1.2: another tag', { 'if-none-match': '"other"' }, 200],
    ['§13.1.3: If-None-Match decides alone', { 'if-none-match': '"other"', 'if-modified-since': later }, 200],
    ['§13.1.3: the same date', { 'if-modified-since': lastModified }, 304],
    ['§13.1.3: a later date', { 'if-modified-since': later }, 304],
    ['§13.1.3: an earlier date', { 'if-modified-since': earlier }, 200],
    ['§13.1.3: not a date', { 'if-modified-since': '2024-05-06T07:08:09Z' }, 200],
    ['§13.1.3: no real date', { 'if-modified-since': 'Mon, 31 Jun 2024 07:08:09 GMT' }, 200],
    ['§5.6.7: RFC 850', { 'if-modified-since': 'Monday, 06-May-24 07:08:09 GMT' }, 304],
    ['§5.6.7: RFC 850, the century before', { 'if-modified-since': 'Thursday, 06-May-99 07:08:09 GMT' }, 200],
    ['§5.6.7: asctime', { 'if-modified-since': 'Mon May  6 07:08:09 2024' }, 304],
    ['§5.6.7: other zones are no HTTP-date', { 'if-modified-since': 'Mon, 06 May 2024 07:08:09 +0000' }, 200],
    ['§13.2.1: 304 before the Range', { 'if-none-match': '"tag"', range: 'bytes=0-1' }, 304],
    ['§13.2.1: 412 before the Range', { 'if-match': '"other"', range: 'bytes=20000-' }, 412],
    ['§13.1.1: a Range under If-Match', { 'if-match': '"tag"', range: 'bytes=0-1' }, 206, [[0, 1]]],

    ['§13.1.5: the entity tag', { 'if-range': '"tag"', range: 'bytes=0-1' }, 206, [[0, 1]]],
    ['§13.1.5: another tag', { 'if-range': '"other"', range: 'bytes=0-1' }, 200],
    ['§13.1.5: strong comparison', { 'if-range': 'W/"tag"', range: 'bytes=0-1' }, 200],
    ['§13.1.5: a list is none', { 'if-range': '"tag", "tag"', range: 'bytes=0-1' }, 200],
    ['§13.1.5: the exact date', { 'if-range': lastModified, range: 'bytes=0-1' }, 206, [[0, 1]]],
    ['§13.1.5: a later date is not exact', { 'if-range': later, range: 'bytes=0-1' }, 200],
    ['§13.1.5: an earlier date', { 'if-range': earlier, range: 'bytes=0-1' }, 200],
    ['§13.1.5: neither tag nor date', { 'if-range': '*', range: 'bytes=0-1' }, 200],
    ['§13.1.5: false, and a Range out of bounds', { 'if-range': '"other"', range: 'bytes=20000-' }, 200],
    ['§13.1.5: true, and a Range out of bounds', { 'if-range': '"tag"', range: 'bytes=20000-' }, 416],
    ['§13.1.5: without a Range it is ignored', { 'if-range': '"other"' }, 200],
  ];

  const rows = cases.map(([clause, headers, status, bytes = []]) => {
    return [clause, JSON.stringify(headers).slice(0, 100), status, headers, bytes] as const;
  });

  it.each(rows)('%s: %s: %i', async (_clause, _fields, status, headers, bytes) => {
    server.reads.length = 0;
    const answer = await server.ask(headers);
    expect(answer.status).toBe(status);
    expect(answer.headers.etag).toBe('"tag"');
    if (status === 200) {
      expect(answer.body.equals(content)).toBe(true);
      expect(server.reads).toEqual([{ start: 0, end: 9999 }]);
    } else if (status === 206) {
      const parts = bytes.length === 1 ? [{ ...boundsOf(answer), body: answer.body }] : partsOf(answer);
      expect(parts.map(({ start, end }) => [start, end])).toEqual(bytes);
      for (const part of parts) expect(part.body.equals(content.subarray(part.start, part.end + 1))).toBe(true);
      expect(server.reads).toEqual(bytes.map(([start, end]) => ({ start, end })));
    } else {
      expect(server.reads).toEqual([]);
    }

    const head = await server.ask(headers, 'HEAD');
    // Range is defined for GET alone (§14.2), and so is If-Range (§13.1.5); all else is the same (§9.3.2).
    expect(head.status).toBe(status === 206 || status === 416 ? 200 : status);
    expect(head.body.length).toBe(0);
    expect(head.headers['content-range']).toBeUndefined();
    expect(server.reads).toHaveLength(status === 200 ? 1 : bytes.length);
  });
});

function boundsOf({ headers }: Answer): { start: number; end: number } {
  const [start, end] = contentRangeOf(headers);
  return { start, end };
}

describe('the fields of an answer', () => {
  it('200 says length, type, validators and that ranges are taken (§8, §14.3)', async () => {
    const { headers } = await server.ask();
    expect(headers).toMatchObject({
      'accept-ranges': 'bytes',
      'cache-control': 'private, max-age=60',
      'content-length': '10000',
      'content-type': 'video/mp4',
      etag: '"tag"',
      'last-modified': lastModified,
    });
    expect(headers['content-range']).toBeUndefined();
  });

  it('HEAD says the same as GET would, without a body (§9.3.2)', async () => {
    const [get, head] = [await server.ask(), await server.ask({}, 'HEAD')];
    const { date: _, ...rest } = get.headers;
    expect(head.headers).toMatchObject(rest);
  });

  it('206 of one range says where it lies, and keeps the type (§15.3.7.1)', async () => {
    const { headers } = await server.ask({ range: 'bytes=1-3' });
    expect(headers).toMatchObject({
      'content-range': 'bytes 1-3/10000',
      'content-length': '3',
      'content-type': 'video/mp4',
      'last-modified': lastModified,
      'cache-control': 'private, max-age=60',
    });
  });

  it('206 to an If-Range leaves out what the client has (§15.3.7)', async () => {
    server.serve(representationOf(content, { headers: { 'Content-Disposition': 'inline', Vary: 'Cookie' } }));
    const { headers } = await server.ask({ range: 'bytes=1-3', 'if-range': '"tag"' });
    expect(headers).toMatchObject({ etag: '"tag"', vary: 'Cookie', 'cache-control': 'private, max-age=60' });
    expect(headers['last-modified']).toBeUndefined();
    expect(headers['content-disposition']).toBeUndefined();
    server.serve(representationOf(content));
  });

  it('206 of several ranges has their places in the parts only (§15.3.7.2)', async () => {
    const answer = await server.ask({ range: 'bytes=0-0,5000-5001,-1' });
    expect(answer.headers['content-range']).toBeUndefined();
    expect(Number(answer.headers['content-length'])).toBe(answer.body.length);
    const parts = partsOf(answer);
    expect(parts.map(({ headers }) => headers)).toEqual([
      { 'content-type': 'video/mp4', 'content-range': 'bytes 0-0/10000' },
      { 'content-type': 'video/mp4', 'content-range': 'bytes 5000-5001/10000' },
      { 'content-type': 'video/mp4', 'content-range': 'bytes 9999-9999/10000' },
    ]);
    const again = await server.ask({ range: 'bytes=0-0,5000-5001,-1' });
    expect(again.headers['content-type']).not.toBe(answer.headers['content-type']);
  });

  it('304 has the validator and what guides a cache, and nothing of the content (§15.4.5)', async () => {
    server.serve(
      representationOf(content, { headers: { 'Content-Disposition': 'inline', Vary: 'Cookie', 'X-Other': '1' } }),
    );
    const { headers, body } = await server.ask({ 'if-none-match': '"tag"' });
    expect(headers).toMatchObject({
      etag: '"tag"',
      'cache-control': 'private, max-age=60',
      vary: 'Cookie',
      'x-other': '1',
    });
    expect(headers.date).toBeDefined();
    for (const name of ['content-type', 'content-length', 'content-disposition', 'last-modified']) {
      expect(headers[name]).toBeUndefined();
    }
    expect(body.length).toBe(0);
    server.serve(representationOf(content));
  });

  it('416 says how long it is, as a problem that names the field (§15.5.17)', async () => {
    const { headers, body } = await server.ask({ range: 'bytes=10000-' });
    expect(headers).toMatchObject({
      'content-range': 'bytes */10000',
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
    });
    expect(JSON.parse(String(body))).toMatchObject({ status: 416, errors: [{ path: 'Range' }] });
  });

  it('412 is a problem, with the tag that would have matched (§15.5.13)', async () => {
    const { headers, body } = await server.ask({ 'if-match': '"other"' });
    expect(headers).toMatchObject({ etag: '"tag"', 'content-type': 'application/problem+json' });
    expect(JSON.parse(String(body))).toMatchObject({ status: 412 });
  });

  it('too many separate parts are refused, and 16 are not (§15.5.17)', async () => {
    const ranges = (n: number) => `bytes=${Array.from({ length: n }, (_, i) => `${i * 500}-${i * 500}`).join(',')}`;
    expect(partsOf(await server.ask({ range: ranges(16) }))).toHaveLength(16);
    server.reads.length = 0;
    expect((await server.ask({ range: ranges(17) })).status).toBe(416);
    expect(server.reads).toEqual([]);
  });

  it('thousands of overlapping ranges are one read (§15.3.7.2)', async () => {
    server.reads.length = 0;
    const answer = await server.ask({ range: `bytes=${'0-,'.repeat(4000)}-5` });
    expect([answer.status, answer.headers['content-range']]).toEqual([206, 'bytes 0-9999/10000']);
    expect(server.reads).toEqual([{ start: 0, end: 9999 }]);
  });

  it('an empty representation has no ranges: 200 with nothing, and nothing is read (§14.2)', async () => {
    server.serve(representationOf(Buffer.alloc(0)));
    server.reads.length = 0;
    for (const range of ['bytes=0-', 'bytes=0-0', 'bytes=-1', 'bytes=5-']) {
      const answer = await server.ask({ range });
      expect([answer.status, answer.headers['content-length']]).toEqual([200, '0']);
    }
    expect((await server.ask({ 'if-none-match': '*' })).status).toBe(304);
    expect(server.reads).toEqual([]);
    server.serve(representationOf(content));
  });

  it('Last-Modified is never later than the answer, and left out when it is not known (§8.8.2.1)', async () => {
    server.serve(representationOf(content, { lastModified: new Date(Date.now() + 3_600_000) }));
    const { headers } = await server.ask();
    expect(Date.parse(String(headers['last-modified']))).toBeLessThanOrEqual(Date.parse(String(headers.date)));
    const { lastModified: _, ...undated } = representationOf(content);
    server.serve(undated);
    expect((await server.ask()).headers['last-modified']).toBeUndefined();
    for (const field of ['if-modified-since', 'if-unmodified-since']) {
      expect((await server.ask({ [field]: lastModified })).status).toBe(200);
    }
    server.serve(representationOf(content));
  });
});
