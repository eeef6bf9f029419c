import type { Letter } from './letter.ts';
import { redacted } from './redaction.ts';

/** Reasons may quote what differs each time; beyond so many kinds they are only counted. */
const mostKinds = 500;

interface Kind {
  cells: [queue: string, event: string, reason: string];
  count: number;
  oldest: Date | undefined;
}

/** Letters counted by queue, event and reason, in memory that does not grow with their number. */
export class Summary {
  readonly #kinds = new Map<string, Kind>();
  #count = 0;

  add({ queue = 'unknown', event, reason, since }: Letter): void {
    this.#count += 1;
    let cells: Kind['cells'] = [queue, event, reason];
    if (!this.#kinds.has(JSON.stringify(cells)) && this.#kinds.size >= mostKinds) cells = ['…', '…', 'other reasons'];
    const key = JSON.stringify(cells);
    const kind = this.#kinds.get(key) ?? { cells, count: 0, oldest: undefined };
    kind.count += 1;
    if (since !== undefined && (kind.oldest === undefined || since < kind.oldest)) kind.oldest = since;
    this.#kinds.set(key, kind);
  }

  /** A line each kind, the most frequent first. */
  table(now: Date): string {
    const rows = [...this.#kinds.values()]
      .sort((a, b) => b.count - a.count)
      .map(({ count, oldest, cells }) => [String(count), oldest ? ageOf(oldest, now) : '?', ...cells]);
    const all = [['COUNT', 'OLDEST', 'QUEUE', 'EVENT', 'REASON'], ...rows];
    const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
    const lines = all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
    return `${lines.join('\n')}\n${this.#count} in all.`;
  }
}

/** A letter in a line. */
export function lineOf({ id, event }: Letter): string {
  return `${event} ${id ?? 'without an id'}`;
}

/** All that there is to a letter, without what is a person's. */
export function whole(letter: Letter): string {
  const { id = null, event, queue = null, reason, since = null, headers, content } = letter;
  return JSON.stringify(
    { id, event, queue, reason, since, headers, bytes: content.length, body: redacted(content) },
    null,
    2,
  );
}

function ageOf(since: Date, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - since.getTime()) / 1_000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}
