import { SetupFailure } from '@flixtube/dev-env/setup-failure';
import { parseCommandLine } from '../command-line.ts';
import { firstPort } from './run-record.ts';

const usage = `npm start -- [options]
FlixTube on this machine, until Ctrl-C.
  --fresh         deletes the data of earlier starts first
  --port <4000>   the gateway's; those of the other services and the backends follow it`;

/** The arguments of `npm start`. @throws SetupFailure when they are not understood; HelpWanted */
export function readArguments(args: string[]): { fresh: boolean; port: number } {
  const options = {
    fresh: { type: 'boolean', default: false },
    port: { type: 'string', default: String(firstPort) },
  } as const;
  const { fresh, port } = parseCommandLine(usage, { args, options }).values;
  const number = Number(port);
  // The last port of a system lies 120 above its first.
  if (!Number.isInteger(number) || number < 1024 || number > 65_000) {
    throw new SetupFailure(`--port ${port}: a number from 1024 to 65000 is needed.\n${usage}`);
  }
  return { fresh, port: number };
}
