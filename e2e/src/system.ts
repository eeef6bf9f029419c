import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ComponentName, startSystem } from '@flixtube/dev-env/system';

/** A whole FlixTube of a test's own, to be killed part by part. */
export interface System {
  url: string;
  /** Process ids of all that runs, by name. */
  pids(): Promise<Map<ComponentName, number>>;
  /** The TCP port of one of them. */
  portOf(name: ComponentName): number;
  /** SIGKILL; what dies is started again by itself. */
  kill(name: ComponentName): Promise<void>;
  /** Resolves when everything is ready again. */
  ready(): Promise<void>;
  stop(): Promise<void>;
}

/** Where the system under test is: FLIXTUBE_URL, which the global setup sets unless it is given. */
export function systemUrl(): string {
  const url = process.env.FLIXTUBE_URL;
  if (url === undefined) throw new Error('FLIXTUBE_URL is not set: run these tests by npm test -w e2e');
  return url;
}

/** Starts a system with nothing in it, whose data goes when it stops. @param env more for the environment of its services */
export async function startIsolatedSystem(env: Record<string, string> = {}): Promise<System> {
  const dataFolder = await mkdtemp(path.join(tmpdir(), 'flixtube-e2e-'));
  const system = await startSystem({ dataFolder, env, say: (line) => process.stderr.write(`${line}\n`) });
  return {
    url: system.url,
    pids: async () => {
      const status = await system.status();
      return new Map(status.flatMap(({ name, pid }) => (pid === null ? [] : [[name, pid] as const])));
    },
    portOf: (name) => system.ports[name],
    kill: (name) => system.kill(name),
    ready: () => system.ready(),
    stop: async () => {
      await system.stop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}
