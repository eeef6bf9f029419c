import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

interface FakeDeployment {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels: Record<string, string> };
  spec: {
    replicas: number;
    selector: { matchLabels: Record<string, string> };
    template: {
      metadata: { labels: Record<string, string> };
      spec: { serviceAccountName: string; containers: { name: string; image: string }[] };
    };
  };
}

export interface FakeCluster {
  deployments: Record<string, FakeDeployment>;
  /** The first three words of every command, in order. */
  commands: string[];
  /** Of the canary's containers. */
  restarts: number;
  /** Of the others', which are of one version. */
  restartsOfAll?: number;
  /** Deployments whose pods do not get ready. */
  neverReady: string[];
  /** The image before the last replacement. */
  before?: string;
  /** The beginning of a command that fails the first time. */
  failsOnce?: string;
}

export const oldImage = 'registry.example/flixtube/metadata@sha256:old';
export const newImage = 'registry.example/flixtube/metadata@sha256:new';

/** metadata with four pods, in a file that a fake kubectl works on. */
export function fakeCluster(state: Partial<FakeCluster> = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'flixtube-canary-'));
  const file = path.join(folder, 'cluster.json');
  const labels = { 'app.kubernetes.io/name': 'metadata' };
  const metadata: FakeDeployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'metadata', labels },
    spec: {
      replicas: 4,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { serviceAccountName: 'metadata', containers: [{ name: 'metadata', image: oldImage }] },
      },
    },
  };
  const cluster: FakeCluster = { deployments: { metadata }, commands: [], restarts: 0, neverReady: [], ...state };
  writeFileSync(file, JSON.stringify(cluster));
  return {
    kubectl: ['node', path.join(import.meta.dirname, 'fake-kubectl.ts'), file] as const,
    state: (): FakeCluster => JSON.parse(readFileSync(file, 'utf8')),
    imageOf: (name: string) =>
      (JSON.parse(readFileSync(file, 'utf8')) as FakeCluster).deployments[name]?.spec.template.spec.containers[0]
        ?.image,
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** What a counter of the fake Prometheus answers: of whom, and whether of the failures alone. */
export type Count = (o: { of: 'canary' | 'others'; metric: string; failed: boolean }) => number;

/** Prometheus's query API, which answers every query by `count`; `undefined` is an error of its own. */
export async function fakePrometheus(count: () => Count | undefined) {
  const queries: string[] = [];
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    const query = new URLSearchParams(Buffer.concat(chunks).toString()).get('query') ?? '';
    queries.push(query);
    const answer = count();
    if (!answer) {
      res.writeHead(503).end();
      return;
    }
    const of = query.includes('pod=~') ? 'canary' : 'others';
    const value = answer({ of, metric: /\w+_count/.exec(query)?.[0] ?? '', failed: /(status|outcome)=~/.test(query) });
    const result = value === 0 ? [] : [{ metric: {}, value: [0, String(value)] }];
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    queries,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
