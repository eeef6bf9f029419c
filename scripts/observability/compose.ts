import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '@flixtube/dev-env/root';
import { parse } from 'yaml';

interface ComposeService {
  image: string;
  profiles?: string[];
  ports?: string[];
  networks?: string[];
  read_only?: boolean;
  cap_drop?: string[];
  mem_limit?: string;
  build?: unknown;
}

/** What the containers of the profile `observability` must be, like all the others: pinned, confined, and not to be reached. */
export async function problemsOfCompose(): Promise<string[]> {
  const text = await readFile(join(root, 'docker-compose.yaml'), 'utf8');
  const { services } = parse(text, { merge: true }) as { services: Record<string, ComposeService> };
  return Object.entries(services)
    .filter(([, { profiles }]) => profiles?.includes('observability'))
    .flatMap(([name, service]) => {
      const problems: string[] = [];
      const require = (holds: boolean, what: string) => {
        if (!holds) problems.push(`docker-compose.yaml: ${name} ${what}`);
      };
      require(service.build !== undefined || /:v?\d+\.\d+\.\d+$/.test(service.image), 'has no exact version');
      require(service.read_only === true, 'can write to its root');
      require(service.cap_drop?.includes('ALL') === true, 'keeps capabilities');
      require(service.mem_limit !== undefined, 'has no limit of memory');
      require(!service.networks?.includes('public'), "is on the gateway's network with the outside");
      for (const port of service.ports ?? [])
        require(port.startsWith('127.0.0.1:'), 'can be reached from other machines');
      return problems;
    });
}
