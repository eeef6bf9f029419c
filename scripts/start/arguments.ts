import { parseArgs } from 'node:util';
import { messageOf, SetupFailure } from '@flixtube/dev-env/setup-failure';
import { firstPort } from './run-record.ts';

const usage = 'npm start -- [--fresh] [--port 4000]';

/** The arguments of `npm start`. @throws SetupFailure when they are not understood */
export function readArguments(args: string[]): { fresh: boolean; port: number } {
  const { fresh, port } = parsed(args);
  const number = Number(port);
  // The last port of a system lies 120 above its first.
  if (!Number.isInteger(number) || number < 1024 || number > 65_000) {
    throw new SetupFailure(`--port ${port}: a number from 1024 to 65000 is needed. Usage: ${usage}`);
  }
  return { fresh, port: number };
}

function parsed(args: string[]): { fresh: boolean; port: string } {
  try {
    const options = {
      /** Deletes the data of earlier runs first. */
      fresh: { type: 'boolean', default: false },
      /** The gateway's port; those of the other services and the backends follow it. */
      port: { type: 'string', default: String(firstPort) },
    } as const;
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new SetupFailure(`${messageOf(error)} Usage: ${usage}`);
  }
}
