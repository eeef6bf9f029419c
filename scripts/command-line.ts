/** How the root's commands are told what to do, and how they end: in one way, `--help` included. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { messageOf, SetupFailure } from '@flixtube/dev-env/setup-failure';

/** Somebody asked how a command is used; the message says it. */
export class HelpWanted extends Error {
  override name = 'HelpWanted';
}

/**
 * parseArgs, for people.
 * @throws HelpWanted where --help or -h is given
 * @throws SetupFailure with what was not understood, and the usage
 */
export function parseCommandLine<T extends ParseArgsConfig & { args: string[] }>(
  usage: string,
  config: T,
): ReturnType<typeof parseArgs<T>> {
  const { args } = config;
  const options = args.slice(0, args.includes('--') ? args.indexOf('--') : args.length);
  if (options.includes('--help') || options.includes('-h')) throw new HelpWanted(usage);
  try {
    return parseArgs(config);
  } catch (error) {
    const { message } = error as Error;
    const unknown = /^Unknown option '([^']+)'/.exec(message)?.[1];
    throw new SetupFailure(`${unknown === undefined ? message : `There is no ${unknown}.`}\n${usage}`);
  }
}

/** The end of a command that has thrown: help goes to standard output and is no failure. */
export function endWith(error: unknown): void {
  if (error instanceof HelpWanted) {
    process.stdout.write(`${error.message}\n`);
    return;
  }
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
