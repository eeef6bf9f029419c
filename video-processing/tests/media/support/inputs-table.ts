import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import type { Plan } from '../../../src/domain/media.ts';

const path = new URL('../../../../docs/inputs.md', import.meta.url);
const written = process.env.WRITE_DOCS === '1';

const head = `# What becomes of each kind of file

Each line is what a test (\`video-processing/tests/media\`) has made of such a file and looked at: decoded without one complaint, timestamps continuous, segments aligned, key frames first. The clips are small, so most have one rendition. Written by \`WRITE_DOCS=1 npm test -w video-processing -- tests/media\`, and checked by each run of the tests.

| file | comes out as |
| --- | --- |
`;

const rows = new Map<string, string>();

/** What came of a kind of file is what the table in docs/inputs.md says. */
export function expectRow(kind: string, outcome: string): void {
  const row = `| ${kind} | ${outcome} |`;
  rows.set(kind, row);
  if (written) return;
  const lines = readFileSync(path, 'utf8').split('\n');
  expect(lines.find((line) => line.startsWith(`| ${kind} | `))).toBe(row);
}

/** Writes the table, when that is asked for. */
export function writeInputs(): void {
  if (written) writeFileSync(path, `${head}${[...rows.values()].join('\n')}\n`);
}

/** How many lines the table has. */
export function countInputs(): number {
  return written
    ? rows.size
    : readFileSync(path, 'utf8')
        .split('\n')
        .slice(head.split('\n').length - 1, -1).length;
}

/** A plan in words. */
export function outcomeOf({ renditions, probe: { picture, sound } }: Plan): string {
  if (picture === null) return `sound alone: ${countOf(sound.length, 'sound track')}`;
  const { num, den } = picture.frameRate;
  const largest = renditions.at(-1);
  const facts = [
    `${largest?.width}×${largest?.height}`,
    `${Number((num / den).toFixed(3))} frames a second`,
    ...(picture.interlaced ? ['deinterlaced'] : []),
    ...(picture.hdr ? ['tone-mapped to BT.709'] : []),
    sound.length === 0 ? 'silent' : countOf(sound.length, 'sound track'),
  ];
  return facts.join(', ');
}

export const countOf = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
