import { readFileSync, writeFileSync } from 'node:fs';

const path = new URL('../../../../docs/inputs.md', import.meta.url);
const written = process.env.WRITE_DOCS === '1';

const head = `# What becomes of each kind of file

Each line is what a test (\`video-processing/tests/media\`) has made of such a file and looked at: decoded without one complaint, timestamps continuous, segments aligned, key frames first. The clips are small, so most have one rendition. Written by \`WRITE_DOCS=1 npm test -w video-processing -- tests/media\`, and checked by each run of the tests.

| file | comes out as |
| --- | --- |
`;

const rows = new Map<string, string>();

/**
 * What came of a kind of file, for the table in docs/inputs.md: the line that is there, or undefined, and the one that
 * has to be there.
 */
export function inputsRow(kind: string, outcome: string): { found: string | undefined; row: string } {
  const row = `| ${kind} | ${outcome} |`;
  rows.set(kind, row);
  if (written) return { found: row, row };
  const lines = readFileSync(path, 'utf8').split('\n');
  return { found: lines.find((line) => line.startsWith(`| ${kind} | `)), row };
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
