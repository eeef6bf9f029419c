import { describe, expect, it } from '@jest/globals';
import { NotATextTrack, readStrictly, readWhatIsThere } from './reader.ts';
import { webVttOf } from './writer.ts';

const read = (text: string) => webVttOf(readStrictly(Buffer.from(text)));
const readAnyhow = (text: string) => webVttOf(readWhatIsThere(Buffer.from(text)));
const cue = (text: string) =>
  read(`WEBVTT\n\n00:01.000 --> 00:02.000\n${text}\n`).split('\n').slice(3).join('\n').trim();

describe('captions', () => {
  it('in WebVTT are written anew: times, places and text, and nothing else', () => {
    const text = [
      '\uFEFFWEBVTT a title',
      'X-TIMESTAMP-MAP=LOCAL:00:00:00.000',
      '',
      'STYLE',
      '::cue { background: url(https://example.org) }',
      '',
      'REGION',
      'id:r',
      '',
      'NOTE a word',
      '',
      'first',
      '00:01.000 --> 00:02.500 line:80% region:r align:start evil:1',
      'Hello',
      'you',
      '',
      '100:00:00.000 --> 100:00:01.000',
      'Late',
    ].join('\r\n');
    expect(read(text)).toBe(
      'WEBVTT\n\n00:00:01.000 --> 00:00:02.500 line:80% align:start\nHello\nyou\n\n100:00:00.000 --> 100:00:01.000\nLate\n',
    );
  });

  it('in SRT become WebVTT', () => {
    const text =
      '\uFEFF1\r\n00:00:01,000 --> 00:00:02,5 X1:1\r\n{\\an8}<font color="red"><i>A & B</i></font>\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nC\r\n';
    expect(read(text)).toBe(
      'WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n<i>A &amp; B</i>\n\n00:00:03.000 --> 00:00:04.000\nC\n',
    );
  });

  it.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert(1)&gt;'],
    ['<b onclick=x>bold</b>', '<b>bold</b>'],
    ['<v.loud Ann &amp; "Bo">Hi', '<v.loud Ann &amp; "Bo">Hi</v>'],
    ['<i><b>x</i>y</b>', '<i><b>x</b></i>y'],
    ['<00:00:01.500>now <c.a.b>c</c>', 'now <c.a.b>c</c>'],
    ['1 < 2 && 3 > 2 &lt; &#169;', '1 &lt; 2 &amp;&amp; 3 &gt; 2 &lt; &#169;'],
    ['<<b>>', '&lt;<b>&gt;</b>'],
  ])('have %s as %s', (given, written) => expect(cue(given)).toBe(written));

  it.each([
    ['', 'line 1 '],
    ['WEBVTT\n', 'line 1 '],
    ['no captions', 'line 1 '],
    ['WEBVTT\n00:01.000 --> 00:02.000\nx', 'line 2 '],
    ['WEBVTT\n\nid\nx', 'line 3 '],
    ['WEBVTT\n\n00:01,000 --> 00:02,000\nx', 'line 3 '],
    ['WEBVTT\n\n00:02.000 --> 00:02.000\nx', 'line 3 '],
    ['WEBVTT\n\n00:02.000 --> 00:03.000\nx\n\n00:01.000 --> 00:03.000\nx', 'line 6 '],
    ['WEBVTT\n\n00:02.000 --> 00:03.000\nx\n00:04.000 --> 00:05.000\nx', 'line 5 '],
    [`WEBVTT\n\n00:02.000 --> 00:03.000\n${'x'.repeat(5_001)}`, 'line 3 '],
  ])('as %j are refused at %s', (text, line) => {
    expect(() => read(text)).toThrow(NotATextTrack);
    expect(() => read(text)).toThrow(line);
  });

  it('that are not UTF-8 are refused at their line', () => {
    const bytes = Buffer.concat([Buffer.from('WEBVTT\n\n00:01.000 --> 00:02.000\n'), Buffer.from([0xe9, 0x20])]);
    expect(() => readStrictly(bytes)).toThrow(/line 4 must be text in UTF-8/);
  });

  it('of a hostile MiB are read in less than a few seconds', () => {
    const cues = (payload: string) =>
      `WEBVTT\n\n${`00:01.000 --> 00:02.000\n${payload.repeat(5_000 / payload.length)}\n\n`.repeat(200)}`;
    const start = performance.now();
    for (const payload of ['<', '<b>', '<v ', '&', '<b.a', ' ']) {
      read(cues(payload));
      readAnyhow(cues(payload));
    }
    readWhatIsThere(Buffer.from(`WEBVTT\n\n${'-->\n\n'.repeat(800_000)}`));
    readWhatIsThere(Buffer.from('\n'.repeat(4 * 2 ** 20)));
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it('of a file are read as far as they are right: sorted, and without what is no cue', () => {
    const cue = (start: number, text: string) => `\n00:0${start}.000 --> 00:0${start + 1}.000\n${text}\n`;
    const text = [
      'WEBVTT\n',
      cue(4, 'later'),
      '\nno cue at all\n',
      cue(1, '<script>first</script>'),
      '\n00:02.000 --> 00:02.000\nends where it begins\n',
      cue(2, 'what\n00:03.000 --> 00:09.000\nfollows without a line between'),
      cue(3, ' '),
      cue(5, 'x'.repeat(5_001)),
      cue(6, 'caf\u{fffd}'),
    ].join('');
    expect(readAnyhow(text)).toBe(
      'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n&lt;script&gt;first&lt;/script&gt;\n\n' +
        '00:00:04.000 --> 00:00:05.000\nlater\n\n00:00:06.000 --> 00:00:07.000\ncaf\u{fffd}\n',
    );
    expect(readWhatIsThere(Buffer.from('WEBVTT\n'))).toEqual([]);
    expect(readWhatIsThere(Buffer.alloc(0))).toEqual([]);
    expect(readWhatIsThere(Buffer.from([0xff, 0, 0x80]))).toEqual([]);
  });

  it('are written up to a size, in whole cues', () => {
    const cues = Array.from({ length: 100 }, (_, n) => ({ start: n, end: n + 1, settings: '', text: 'ü' }));
    const some = webVttOf(cues, 1_000);
    expect(Buffer.byteLength(some)).toBeGreaterThan(960);
    expect(Buffer.byteLength(some)).toBeLessThanOrEqual(1_000);
    expect(some.endsWith('ü\n')).toBe(true);
  });
});
