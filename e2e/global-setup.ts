import { requireProgram } from '@flixtube/dev-env/programs';
import { startIsolatedSystem } from './src/system.ts';

/** Jest's global setup: starts a system to test, unless FLIXTUBE_URL names one that runs. */
export default async function globalSetup(): Promise<void> {
  // Makes the clips that are uploaded.
  const say = (line: string) => process.stderr.write(`${line}\n`);
  await requireProgram({ program: 'ffmpeg', aptPackage: 'ffmpeg', say });
  if (process.env.FLIXTUBE_URL !== undefined) return;
  const system = await startIsolatedSystem();
  process.env.FLIXTUBE_URL = system.url;
  Object.assign(globalThis, { flixtubeSystem: system });
}
