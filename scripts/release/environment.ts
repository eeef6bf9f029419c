/**
 * `terraform -chdir=infrastructure/terraform output -json | npm run --silent environment -- --environment test`: writes what
 * Terraform has made of an environment to where the next `npm run deploy` of all looks for it, which hands it on to the
 * cluster. Nothing in it is secret.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { root } from '@flixtube/dev-env/root';
import { SetupFailure } from '@flixtube/dev-env/setup-failure';
import { z } from 'zod';
import { parseCommandLine } from '../command-line.ts';
import { main, say } from './commands.ts';
import { fileOf, folderOf } from './rendered.ts';

const output = <T extends z.ZodType>(value: T) => z.object({ value });
/** Of infrastructure/terraform/outputs.tf. */
const outputs = z.object({
  tenant_id: output(z.string()),
  key_vault_name: output(z.string()),
  storage_account_url: output(z.url()),
  storage_container: output(z.string()),
  service_client_ids: output(z.record(z.string(), z.string())),
  site_origin: output(z.url()),
  front_door_host: output(z.string()),
  stream_delivery: output(z.enum(['redirect', 'proxy'])),
});

const usage = `terraform -chdir=infrastructure/terraform output -json | npm run --silent environment -- --environment <name>
Writes down what Terraform has made of an environment, for the next npm run deploy of all.`;

await main(async () => {
  const options = { environment: { type: 'string' } } as const;
  const { values } = parseCommandLine(usage, { args: process.argv.slice(2), options });
  if (!values.environment || !/^[a-z][a-z0-9-]{0,30}$/.test(values.environment)) {
    throw new SetupFailure(`--environment is wanted: lowercase letters, digits and hyphens.\n${usage}`);
  }
  if (process.stdin.isTTY) throw new SetupFailure(`What Terraform says is wanted on standard input.\n${usage}`);
  const given = outputs.safeParse(parsedJson(await text(process.stdin)));
  if (!given.success) {
    const missing = given.error.issues.map((issue) => issue.path[0]).join(', ');
    throw new SetupFailure(`This is not what terraform output -json says after an apply; wrong or missing: ${missing}`);
  }
  const of = given.data;
  const lines = {
    TENANT_ID: of.tenant_id.value,
    KEY_VAULT_NAME: of.key_vault_name.value,
    AZURE_STORAGE_ACCOUNT_URL: of.storage_account_url.value,
    AZURE_STORAGE_CONTAINER: of.storage_container.value,
    SITE_HOST: new URL(of.site_origin.value).host,
    STREAM_DELIVERY: of.stream_delivery.value,
    CDN_URL: `https://${of.front_door_host.value}`,
    ...Object.fromEntries(
      Object.entries(of.service_client_ids.value).map(([name, id]) => [
        `CLIENT_ID_${name.toUpperCase().replaceAll('-', '_')}`,
        id,
      ]),
    ),
  };
  await mkdir(folderOf(values.environment), { recursive: true });
  const file = fileOf(values.environment);
  const written = Object.entries(lines).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(file, written.join(''));
  say(`Written: ${path.relative(root, file)}`);
});

/** Undefined where it is none: a command before the pipe that has failed writes nothing, or words. */
function parsedJson(said: string): unknown {
  try {
    return JSON.parse(said);
  } catch {
    return undefined;
  }
}
