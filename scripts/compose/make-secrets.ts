import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { choose, variablesOf } from './secrets.ts';

/*
 * Runs once before everything else in Compose: writes a file of environment variables for each container that has
 * secrets, into a folder of its own, of which the container sees no other. A secret is what the environment says (.env),
 * else what an earlier start has made up, else a new random one.
 *
 * With the profile `observability` it runs once more, and tells the services where their traces go
 * (OTEL_EXPORTER_OTLP_ENDPOINT); a start without the profile takes that back. A profile can add containers, but it cannot
 * change what others have in their environment: docs/decisions/0021-observability-by-a-profile.md.
 */

const root = process.argv[2] ?? '/secrets';
const keptFile = join(root, 'kept', 'secrets.json');
/** Whole or not at all: a start that is cut off must not leave half of a secret behind. */
async function write(path: string, text: string, mode: number): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(`${path}.new`, text, { mode });
  await rename(`${path}.new`, path);
}

try {
  const kept = await readFile(keptFile, 'utf8').then(JSON.parse, () => ({}));
  const secrets = choose(kept);
  await write(keptFile, JSON.stringify(secrets), 0o600);
  for (const [consumer, variables] of Object.entries(variablesOf(secrets))) {
    const lines = Object.entries(variables).map(([name, value]) => `${name}='${value}'\n`);
    // Readable for whatever user the container runs as; what keeps others out is that they do not see this folder.
    await write(join(root, consumer, 'env'), lines.join(''), 0o444);
  }
  // Grafana reads a file that holds the password and nothing else.
  await write(join(root, 'grafana', 'admin-password'), secrets.GRAFANA_PASSWORD, 0o444);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
