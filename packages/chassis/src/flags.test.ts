import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createFlags, type Flags } from './flags.ts';
import { createLogger } from './logger.ts';

const definitions = {
  bold: { description: 'something daring', share: 0 },
  proven: { description: 'something that is on for all', share: 100 },
};
const viewers = Array.from({ length: 5_000 }, (_, n) => `viewer-${n}`);

let folder: string;
let file: string;
let flags: Flags<keyof typeof definitions>;
let lines: string[];
let onLine: (line: string) => void;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flixtube-flags-'));
  file = join(folder, 'flags.json');
  lines = [];
  onLine = () => {};
  const write = (line: string) => {
    lines.push(line);
    onLine(line);
  };
  const logger = createLogger({ service: 'test', level: 'info', destination: { write } });
  flags = createFlags({ definitions, file, logger, everySeconds: 0.02 });
});

afterEach(async () => {
  await flags.stop();
  await rm(folder, { recursive: true });
});

/** Replaced as a whole, as a ConfigMap is; resolves when a line with this word has been logged since. */
async function turn(text: string, word = 'flags were turned'): Promise<void> {
  const said = new Promise<void>((resolve) => {
    onLine = (line) => line.includes(word) && resolve();
  });
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
  await said;
}

const on = (name: keyof typeof definitions) => viewers.filter((viewer) => flags.isOn(name, viewer));

describe('flags', () => {
  it('when there is no file, then each is as it is defined', async () => {
    await flags.start();

    expect([on('bold').length, on('proven').length]).toEqual([0, viewers.length]);
  });

  it('when a share is given, then it is on for about as many, the same each time, and those stay when it grows', async () => {
    await flags.start();
    await turn('{"bold": 10}');
    const few = on('bold');
    expect(few.length / viewers.length).toBeCloseTo(0.1, 1);
    expect(on('bold')).toEqual(few);

    await turn('{"bold": 50}');
    const more = new Set(on('bold'));
    expect(more.size / viewers.length).toBeCloseTo(0.5, 1);
    expect(few.filter((viewer) => !more.has(viewer))).toEqual([]);
  });

  it('when two have the same share, then each is on for others', async () => {
    await flags.start();
    await turn('{"bold": 50, "proven": 50}');

    const both = on('bold').filter((viewer) => flags.isOn('proven', viewer));
    expect(both.length / viewers.length).toBeCloseTo(0.25, 1);
  });

  it('when it is turned while the service runs, then that holds at once, without a start', async () => {
    await flags.start();
    await turn('{"proven": false, "of-another-service": true}');
    expect(on('proven')).toEqual([]);
    await turn('{"proven": true}');
    expect(on('proven')).toHaveLength(viewers.length);
  });

  it.each(['{"proven": fal', '{"proven": 101}', '["proven"]', '{"proven": "off"}'])(
    'when the file is malformed (%s), then nothing is turned, and that is logged',
    async (text) => {
      await flags.start();
      await turn('{"proven": false}');
      await turn(text, 'malformed');
      expect(on('proven')).toEqual([]);
    },
  );
});
