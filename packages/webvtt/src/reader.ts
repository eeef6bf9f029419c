import { isUtf8 } from 'node:buffer';
import { cueText } from './cue-text.ts';
import type { Cue } from './writer.ts';

const mostCues = 20_000;
const longestCue = 5_000;

/** A line of the text as it came, and its number, from 1. */
interface Line {
  text: string;
  number: number;
}

/** What is wrong with a line, which counts from 1. */
interface Flaw {
  line: number;
  problem: string;
}

/** A text that is neither WebVTT nor SRT; the message says at which line, and what is wrong with it. */
export class NotATextTrack extends Error {
  constructor({ line, problem }: Flaw) {
    super(`line ${line} ${problem}`);
    this.name = 'NotATextTrack';
  }
}

/**
 * The cues of WebVTT or SRT, in order: times and text, and what says where on the picture; no styles, regions, comments or
 * names of cues. For what a person gives, who can put right what is wrong.
 *
 * @throws NotATextTrack that names the line
 */
export function readStrictly(bytes: Buffer): Cue[] {
  const cues: Cue[] = [];
  let previous = 0;
  let count = 0;
  for (const { line, ...cue } of cuesIn(decoded(bytes), raise)) {
    if (cue.start < previous)
      throw new NotATextTrack({ line, problem: 'must not begin before the cue in front of it' });
    previous = cue.start;
    count += 1;
    if (count > mostCues) {
      throw new NotATextTrack({ line, problem: `must not be followed by more: ${mostCues} cues are the most` });
    }
    if (cue.text.trim() !== '') cues.push(cue);
  }
  if (count === 0) throw new NotATextTrack({ line: 1, problem: 'must be followed by at least one cue' });
  return cues;
}

/**
 * The same of what a program wrote from a file that nobody can put right: sorted, without what is no cue, and at most the
 * first 20,000. Empty when there is none.
 */
export function readWhatIsThere(bytes: Buffer): Cue[] {
  const cues: Cue[] = [];
  for (const { line: _, ...cue } of cuesIn(bytes.toString('utf8'), () => {})) {
    if (cue.text.trim() !== '') cues.push(cue);
  }
  return cues.sort((a, b) => a.start - b.start).slice(0, mostCues);
}

/** @param refuse told of what is wrong, which is left out when it returns */
function* cuesIn(text: string, refuse: (flaw: Flaw) => void): Generator<Cue & { line: number }> {
  const isVtt = /^\uFEFF?WEBVTT(?:[ \t\r\n]|$)/.test(text);
  let isHeader = isVtt;
  const read = isVtt ? vttTimes : srtTimes;
  for (const block of blocksOf(linesOf(text))) {
    if (isHeader) {
      isHeader = false;
      const arrow = block.find(hasArrow);
      if (arrow !== undefined) refuse({ line: arrow.number, problem: 'must have an empty line before the first cue' });
      continue;
    }
    if (isVtt && /^(?:NOTE(?:[ \t]|$)|(?:STYLE|REGION)[ \t]*$)/.test(block[0]?.text ?? '')) continue;
    const cue = readCue(block, isVtt, read);
    if ('problem' in cue) refuse(cue);
    else yield cue;
  }
}

function raise(flaw: Flaw): never {
  throw new NotATextTrack(flaw);
}

interface Times {
  start: number;
  end: number;
  settings: string;
}

function readCue(
  block: Line[],
  isVtt: boolean,
  read: (text: string) => Times | undefined,
): (Cue & { line: number }) | Flaw {
  const [first = { text: '', number: 1 }, second] = block;
  const at = hasArrow(first) ? 0 : 1;
  const timing = at === 0 ? first : second;
  if (timing === undefined || !hasArrow(timing)) {
    const problem = isVtt ? 'must begin a cue' : 'must be WEBVTT, or begin a cue of an SRT file';
    return { line: first.number, problem };
  }
  const times = read(timing.text);
  if (times === undefined) {
    const example = isVtt ? '00:00:01.000 --> 00:00:02.500' : '00:00:01,000 --> 00:00:02,500';
    return { line: timing.number, problem: `must have times such as ${example}` };
  }
  if (times.end <= times.start) return { line: timing.number, problem: 'must end after it begins' };
  const payload = block.slice(at + 1);
  const arrow = payload.find(hasArrow);
  if (arrow !== undefined) {
    return { line: arrow.number, problem: 'must not have "-->" in its text, or needs an empty line before it' };
  }
  const raw = payload.map(({ text }) => text).join('\n');
  if (raw.length > longestCue) {
    return { line: timing.number, problem: `must not have more than ${longestCue} characters of text` };
  }
  return { ...times, line: timing.number, text: cueText(isVtt ? raw : withoutSrtStyles(raw)) };
}

function hasArrow({ text }: Line): boolean {
  return text.includes('-->');
}

const vttTime = String.raw`(?:(\d{2,3}):)?([0-5]\d):([0-5]\d)\.(\d{3})`;
const vttLine = new RegExp(String.raw`^[ \t]*${vttTime}[ \t]+-->[ \t]+${vttTime}(?:[ \t]+(.*))?$`);
const srtTime = String.raw`(\d{1,3}):([0-5]?\d):([0-5]?\d)[,.](\d{1,3})`;
const srtLine = new RegExp(String.raw`^[ \t]*${srtTime}[ \t]*-->[ \t]*${srtTime}(?:[ \t].*)?$`);

function vttTimes(text: string): Times | undefined {
  const found = vttLine.exec(text);
  if (found === null) return undefined;
  const settings = (found[9] ?? '').split(/[ \t]+/).filter((one) => placements.some((known) => known.test(one)));
  return { ...bothTimes(found), settings: settings.map((one) => ` ${one}`).join('') };
}

function srtTimes(text: string): Times | undefined {
  const found = srtLine.exec(text);
  return found === null ? undefined : { ...bothTimes(found), settings: '' };
}

function bothTimes(found: RegExpExecArray): { start: number; end: number } {
  return { start: milliseconds(found.slice(1, 5)), end: milliseconds(found.slice(5, 9)) };
}

function milliseconds([hours = '0', minutes, seconds, fraction = '']: (string | undefined)[]): number {
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(fraction.padEnd(3, '0'));
}

const percent = String.raw`(?:100|\d{1,2})(?:\.\d{1,3})?%`;
/** Where a cue stands (WebVTT §3.3); `region` is none of them, since there are no regions. */
const placements = [
  /^vertical:(?:rl|lr)$/,
  new RegExp(`^line:(?:-?\\d{1,3}|${percent})(?:,(?:start|center|end))?$`),
  new RegExp(`^position:${percent}(?:,(?:line-left|center|line-right))?$`),
  new RegExp(`^size:${percent}$`),
  /^align:(?:start|center|end|left|right)$/,
];

/** What players of SRT know beside b, i and u, and browsers do not: colours, and places such as {\an8}. */
function withoutSrtStyles(text: string): string {
  return text.replace(/<\/?font\b[^<>]*>/gi, '').replace(/\{\\[^{}]*\}/g, '');
}

/** What stands between empty lines. One by one, like the lines: a text may be nothing but line breaks. */
function* blocksOf(lines: Iterable<Line>): Generator<Line[]> {
  let block: Line[] = [];
  for (const line of lines) {
    if (line.text.trim() === '') {
      if (block.length > 0) yield block;
      block = [];
    } else if (block.length <= longestCue) block.push(line);
    // More lines than a cue has characters: it is refused without the rest, too.
  }
  if (block.length > 0) yield block;
}

function* linesOf(text: string): Generator<Line> {
  const lineBreak = /\r\n|\n|\r/g;
  let number = 1;
  let start = text.startsWith('\uFEFF') ? 1 : 0;
  for (const { 0: found, index } of text.matchAll(lineBreak)) {
    yield { text: text.slice(start, index).replaceAll('\0', '\uFFFD'), number };
    number += 1;
    start = index + found.length;
  }
  yield { text: text.slice(start).replaceAll('\0', '\uFFFD'), number };
}

function decoded(bytes: Buffer): string {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    return utf8.decode(bytes);
  } catch {
    const number = bytes
      .toString('latin1')
      .split(/\r\n|\n|\r/)
      .findIndex((line) => !isUtf8(Buffer.from(line, 'latin1')));
    throw new NotATextTrack({ line: number + 1, problem: 'must be text in UTF-8' });
  }
}
