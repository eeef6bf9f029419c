import { withoutSecrets } from '@flixtube/chassis/logger';

/** The command was not given as it has to be. */
export class UsageError extends Error {
  override name = 'UsageError';
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Says what is wrong, and has the process end with 1. */
export function failed(line: string): void {
  process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}

/** A command: says how it is used where that is asked for (--help), and what was wrong. Ends with 1 when something was. */
export async function command(usage: string, work: () => Promise<void>): Promise<void> {
  if (process.argv.slice(2).some((word) => word === '--help' || word === '-h')) return say(usage);
  try {
    await work();
  } catch (error) {
    failed(messageOf(error, usage));
  }
}

/** What a person is told of an error: with the usage when it is of the command itself, and without the secrets of addresses. */
function messageOf(error: unknown, usage: string): string {
  if (!(error instanceof Error)) return withoutSecrets(String(error));
  const unknown = /^Unknown option '([^']+)'/.exec(error.message)?.[1];
  const isUsage =
    error instanceof UsageError || String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS');
  const words = unknown === undefined ? error.message : `There is no ${unknown}.`;
  return isUsage ? `${words}\n\n${usage}` : withoutSecrets(words);
}
