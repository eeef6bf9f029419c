import { isUtf8 } from 'node:buffer';
import { DomainError } from '@flixtube/chassis/errors';
import { cueText } from './cue-text.ts';

const mostCues = 20_000;
const longestCue = 5_000;

/** A line of the text as it came, and its number, from 1. */
interface Line {
  text: string;
  number: number;
}

/**
 * Captions as WebVTT that is written here, from WebVTT or SRT: times and text, and what says where on the picture; no
 * styles, regions, comments or names of cues.
 *
 * @throws DomainError 'invalid' that names the line
 */
export function webVttOf(bytes: Buffer): string {
  const lines = decoded(bytes)
    .replace(/^\uFEFF/, '')
    .replaceAll('\0', '\uFFFD')
    .split(/\r\n|\n|\r/)
    .map((text, index) => ({ text, number: index + 1 }));
  const isVtt = /^WEBVTT(?:[ \t]|$)/.test(lines[0]?.text ?? '');
  const blocks = blocksOf(lines);
  if (isVtt) readHeader(blocks.shift() ?? []);
  const read = isVtt ? vttTimes : srtTimes;
  let previous = 0;
  let count = 0;
  let written = 'WEBVTT\n';
  for (const block of blocks) {
    if (isVtt && /^(?:NOTE(?:[ \t]|$)|(?:STYLE|REGION)[ \t]*$)/.test(block[0]?.text ?? '')) continue;
    const cue = readCue(block, isVtt, read);
    if (cue.start < previous) throw wrong(cue.line, 'must not begin before the cue in front of it');
    previous = cue.start;
    count += 1;
    if (count > mostCues) throw wrong(cue.line, `must not be followed by more: ${mostCues} cues are the most`);
    if (cue.text.trim() === '') continue;
    written += `\n${clock(cue.start)} --> ${clock(cue.end)}${cue.settings}\n${cue.text}\n`;
  }
  if (count === 0) throw wrong(1, 'must be followed by at least one cue');
  return written;
}

function readHeader(header: Line[]): void {
  const arrow = header.find(({ text }) => text.includes('-->'));
  if (arrow !== undefined) throw wrong(arrow.number, 'must have an empty line before the first cue');
}

interface Times {
  start: number;
  end: number;
  settings: string;
}

function readCue(block: Line[], isVtt: boolean, read: (text: string) => Times | undefined) {
  const [first = { text: '', number: 1 }, second] = block;
  const at = first.text.includes('-->') ? 0 : 1;
  const timing = at === 0 ? first : second;
  if (!timing?.text.includes('-->')) {
    throw wrong(first.number, isVtt ? 'must begin a cue' : 'must be WEBVTT, or begin a cue of an SRT file');
  }
  const times = read(timing.text);
  if (times === undefined) {
    const example = isVtt ? '00:00:01.000 --> 00:00:02.500' : '00:00:01,000 --> 00:00:02,500';
    throw wrong(timing.number, `must have times such as ${example}`);
  }
  if (times.end <= times.start) throw wrong(timing.number, 'must end after it begins');
  const payload = block.slice(at + 1);
  const arrow = payload.find(({ text }) => text.includes('-->'));
  if (arrow !== undefined)
    throw wrong(arrow.number, 'must not have "-->" in its text, or needs an empty line before it');
  const raw = payload.map(({ text }) => text).join('\n');
  if (raw.length > longestCue) throw wrong(timing.number, `must not have more than ${longestCue} characters of text`);
  return { ...times, line: timing.number, text: cueText(isVtt ? raw : withoutSrtStyles(raw)) };
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

function blocksOf(lines: Line[]): Line[][] {
  const blocks: Line[][] = [];
  let block: Line[] = [];
  for (const line of lines) {
    if (line.text.trim() !== '') block.push(line);
    else if (block.length > 0) {
      blocks.push(block);
      block = [];
    }
  }
  return block.length > 0 ? [...blocks, block] : blocks;
}

function clock(ms: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const seconds = `${two((ms / 1000) % 60)}.${String(ms % 1000).padStart(3, '0')}`;
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${seconds}`;
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
    throw wrong(number + 1, 'must be text in UTF-8');
  }
}

function wrong(line: number, message: string): DomainError {
  const words = `line ${line} ${message}`;
  return new DomainError('invalid', `The captions cannot be read: ${words}.`, {
    errors: [{ path: 'body', message: words }],
  });
}
