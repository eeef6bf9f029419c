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

/** What a person is told of an error: with the usage when it is of the command itself, and without the secrets of addresses. */
export function messageOf(error: unknown, usage: string): string {
  if (!(error instanceof Error)) return withoutSecrets(String(error));
  const isUsage =
    error instanceof UsageError || String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS');
  return isUsage ? `${error.message}\n\n${usage}` : withoutSecrets(error.message);
}
