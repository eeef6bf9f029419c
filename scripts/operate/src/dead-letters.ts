/** `npm run dead-letters -- list|show|retry|drop`: what nobody could handle. docs/operating.md says when to do what. */
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { command, failed, say, UsageError } from './command.ts';
import type { Letter } from './dead-letters/letter.ts';
import { goThrough } from './dead-letters/queue.ts';
import { lineOf, Summary, whole } from './dead-letters/report.ts';
import { type Selection, selects } from './dead-letters/selection.ts';
import { backend } from './settings.ts';

const usage = `npm run dead-letters -- list
npm run dead-letters -- show --id ID
npm run dead-letters -- retry --id ID | --event NAME | --all   [--queue QUEUE] [--dry-run]
npm run dead-letters -- drop  --id ID | --event NAME | --all   [--queue QUEUE] [--dry-run] [--yes]

retry puts letters back into the queue that they came from. --queue: only those that came from there.`;

await command(usage, () => main(process.argv.slice(2)));

async function main(args: string[]): Promise<void> {
  const { command, selection, dryRun, yes } = readArguments(args);
  const url = () => backend('RABBITMQ_URL', process.env).reveal();
  if (command === 'list') return list(url());
  if (command === 'show') return show(url(), selection);
  if (command === 'retry') return retry(url(), selection, dryRun);
  return drop(url(), selection, dryRun, yes);
}

function readArguments(args: string[]) {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      id: { type: 'string' },
      event: { type: 'string' },
      queue: { type: 'string' },
      all: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
    },
  });
  const { id, event, queue, all, yes } = values;
  const [command, ...rest] = positionals;
  if (!command || rest.length > 0 || !['list', 'show', 'retry', 'drop'].includes(command))
    throw new UsageError('What is to be done?');
  if (command === 'show' && id === undefined) throw new UsageError('Which one is to be shown?');
  if (command !== 'list' && [id !== undefined, event !== undefined, all].filter(Boolean).length !== 1)
    throw new UsageError(`Which letters? One of --id, --event and --all.`);
  return { command, selection: { id, event, queue }, dryRun: values['dry-run'], yes };
}

async function list(url: string): Promise<void> {
  const summary = new Summary();
  const { seen } = await goThrough(url, (letter) => {
    summary.add(letter);
    return 'leave';
  });
  say(seen === 0 ? 'There are no dead letters.' : summary.table(new Date()));
}

async function show(url: string, selection: Selection): Promise<void> {
  let found = 0;
  await goThrough(url, (letter) => {
    if (selects(selection, letter)) {
      found += 1;
      say(whole(letter));
    }
    return 'leave';
  });
  if (found === 0) failed(`There is no dead letter of the event ${selection.id}.`);
}

async function retry(url: string, selection: Selection, dryRun: boolean): Promise<void> {
  if (dryRun) {
    await tell(url, selection, 'would go back to');
    return;
  }
  const { putBack, refused } = await goThrough(
    url,
    (letter) => (selects(selection, letter) ? 'put-back' : 'leave'),
    (letter) => say(`${lineOf(letter)}: back in ${letter.queue}`),
  );
  say(`${putBack} put back.`);
  for (const [why, count] of refused) failed(`${count} left as they are: ${why}.`);
}

async function drop(url: string, selection: Selection, dryRun: boolean, yes: boolean): Promise<void> {
  if (dryRun) {
    await tell(url, selection, 'would be dropped, from');
    return;
  }
  let shown: Set<string> | undefined;
  if (!yes) {
    shown = await tell(url, selection, 'is to be dropped, from');
    if (!(await confirmed('They are gone for good then. Drop them? Type "drop": '))) return say('Nothing was dropped.');
  }
  const { dropped } = await goThrough(
    url,
    // What has come while somebody thought about it was not what they were asked about.
    (letter) => (selects(selection, letter) && (shown?.has(keyOf(letter)) ?? true) ? 'drop' : 'leave'),
    (letter) => say(`${lineOf(letter)}: dropped, from ${letter.queue ?? 'an unknown queue'}: ${letter.reason}`),
  );
  say(`${dropped} dropped.`);
}

/** Says what would become of which letters, and leaves them; answers which they are. */
async function tell(url: string, selection: Selection, what: string): Promise<Set<string>> {
  const shown = new Set<string>();
  let found = 0;
  await goThrough(url, (letter) => {
    if (selects(selection, letter)) {
      found += 1;
      shown.add(keyOf(letter));
      say(`${lineOf(letter)}: ${what} ${letter.queue ?? 'an unknown queue'}`);
    }
    return 'leave';
  });
  say(`${found} in all.`);
  return shown;
}

/** Tells letters apart, also those without an id. */
function keyOf({ id, content }: Letter): string {
  return id ?? createHash('sha256').update(content).digest('hex');
}

async function confirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError('Nobody is here to be asked. Say --yes, if it is meant.');
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await asking.question(question)).trim() === 'drop';
  } finally {
    asking.close();
  }
}
