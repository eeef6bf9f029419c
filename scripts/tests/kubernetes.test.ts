import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { idleConnectionMs } from '@flixtube/chassis/neighbour';
import { findProgram } from '@flixtube/dev-env/programs';
import { root } from '@flixtube/dev-env/root';
import { serviceNames } from '@flixtube/dev-env/services';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { kustomize } from '../release/rendered.ts';

// biome-ignore lint/suspicious/noExplicitAny: manifests of many kinds, whose shape kubeconform checks
type Manifest = any;

/** Who asks whom, as docs/architecture.md draws it; `backend:` is a label that an overlay's policies go by. */
const arrows: Record<string, string[]> = {
  gateway: ['metadata', 'video-upload', 'video-streaming', 'history'],
  metadata: ['backend:mongodb', 'backend:rabbitmq'],
  'video-upload': ['metadata', 'video-storage', 'backend:mongodb', 'backend:rabbitmq'],
  'video-storage': ['backend:blobs', 'backend:rabbitmq'],
  'video-streaming': ['metadata', 'video-storage', 'backend:rabbitmq'],
  history: ['metadata', 'backend:mongodb', 'backend:rabbitmq'],
  'video-processing': ['video-storage', 'backend:mongodb', 'backend:rabbitmq'],
};

const kubectl = await findProgram('kubectl');
const withKubectl = kubectl ? describe : describe.skip;

async function renderedFrom(folder: string): Promise<Manifest[]> {
  const { stdout } = await promisify(execFile)(kubectl ?? '', [...kustomize, folder], { maxBuffer: 16 * 2 ** 20 });
  return parseAllDocuments(stdout).map((document) => document.toJS());
}

/** Whether a selector means what has these labels. */
function selects(selector: Manifest, labels: Record<string, string>): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return (
    Object.entries(matchLabels).every(([label, value]) => labels[label] === value) &&
    matchExpressions.every(
      ({ key, operator, values }: Manifest) => values.includes(labels[key]) === (operator === 'In'),
    )
  );
}

withKubectl.each(['local', 'azure'])('the overlay %s', (overlay) => {
  let manifests: Manifest[];
  beforeAll(async () => {
    const folder = path.join(root, 'infrastructure/kubernetes/overlays', overlay);
    manifests = await renderedFrom(folder);
  });

  const all = (kind: string) => manifests.filter((one) => one.kind === kind);
  const named = (kind: string, name: string) => all(kind).find(({ metadata }) => metadata.name === name);
  const podOf = (service: string) => named('Deployment', service).spec.template;

  it.each(serviceNames)('%s: probes, limits, nothing that a container can do without', (service) => {
    const { spec } = podOf(service);
    const [container] = spec.containers;
    expect(container).toMatchObject({
      name: service,
      startupProbe: { httpGet: { path: '/health/ready' } },
      readinessProbe: { httpGet: { path: '/health/live' } },
      livenessProbe: { httpGet: { path: '/health/live' } },
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      resources: {
        requests: { cpu: expect.anything(), memory: expect.anything() },
        limits: { memory: expect.anything() },
      },
    });
    expect(spec).toMatchObject({
      serviceAccountName: service,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(spec.topologySpreadConstraints.length).toBeGreaterThan(0);
    expect(named('ServiceAccount', service).automountServiceAccountToken).toBe(false);
    expect(named('PodDisruptionBudget', service).spec.selector.matchLabels).toEqual(
      named('Deployment', service).spec.selector.matchLabels,
    );
  });

  it('a pod has the time that its service needs to end', () => {
    const settings = all('ConfigMap').find(({ metadata }) => metadata.name.startsWith('settings-')).data;
    for (const service of serviceNames) {
      const { terminationGracePeriodSeconds: grace } = podOf(service).spec;
      expect(grace).toBeGreaterThan(Number(settings.DRAIN_SECONDS) + Number(settings.SHUTDOWN_SECONDS));
    }
    // Until then whoever calls it has given up each connection that nothing was sent on.
    expect(Number(settings.DRAIN_SECONDS) * 1_000).toBeGreaterThan(idleConnectionMs);
  });

  it('whoever serves viewers has two replicas, or an autoscaler that sees to it', () => {
    for (const service of serviceNames.filter((name) => name !== 'video-processing')) {
      const replicas =
        named('Deployment', service).spec.replicas ?? named('HorizontalPodAutoscaler', service)?.spec.minReplicas;
      expect({ service, replicas }).toEqual({ service, replicas: 2 });
    }
  });

  it('no secret is in it', () => expect(all('Secret')).toEqual([]));

  it('the arrows of the architecture, and no others, are let through at both ends', () => {
    const policies = all('NetworkPolicy');
    expect(policies.find(({ metadata }) => metadata.name === 'nothing-else').spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    });
    for (const from of serviceNames) {
      const labels = podOf(from).metadata.labels;
      const uses = Object.keys(labels).filter((label) => label.startsWith('flixtube.io/uses-'));
      const backends = uses.map((label) => label.replace('flixtube.io/uses-', 'backend:'));
      const to = serviceNames.filter((other) => {
        const target = podOf(other).metadata.labels;
        const leaves = policies
          .filter(({ spec }) => spec.policyTypes.includes('Egress') && selects(spec.podSelector, labels))
          .flatMap(({ spec }) => spec.egress ?? [])
          .some((rule: Manifest) =>
            rule.to?.some(
              (peer: Manifest) => peer.podSelector && !peer.namespaceSelector && selects(peer.podSelector, target),
            ),
          );
        const enters = policies
          .filter(({ spec }) => spec.policyTypes.includes('Ingress') && selects(spec.podSelector, target))
          .flatMap(({ spec }) => spec.ingress ?? [])
          .some((rule: Manifest) =>
            rule.from?.some(
              (peer: Manifest) => peer.podSelector && !peer.namespaceSelector && selects(peer.podSelector, labels),
            ),
          );
        expect({ from, other, enters }).toEqual({ from, other, enters: leaves });
        return leaves;
      });
      expect({ from, to: [...to, ...backends].sort() }).toEqual({ from, to: (arrows[from] ?? []).toSorted() });
    }
  });
});

withKubectl('an environment of Azure, as it is deployed', () => {
  const name = 'of-the-test';
  const folder = path.join(root, '.flixtube/kubernetes', name);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const run = async (command: string, args: string[], input = '') => {
    const running = promisify(execFile)(process.execPath, [`scripts/release/${command}.ts`, ...args], { cwd: root });
    running.child.stdin?.end(input);
    return running;
  };
  const identities = ['rabbitmq', ...serviceNames];
  const outputs = {
    tenant_id: 'the-tenant',
    key_vault_name: 'the-vault',
    storage_account_url: 'https://store.blob.core.windows.net',
    storage_container: 'videos',
    site_origin: 'https://videos.example.org',
    front_door_host: 'segments.example.net',
    stream_delivery: 'redirect',
    service_client_ids: Object.fromEntries(identities.map((one) => [one, `client-of-${one}`])),
  };

  let manifests: Manifest[];
  beforeAll(async () => {
    const said = Object.fromEntries(Object.entries(outputs).map(([key, value]) => [key, { value }]));
    await run('environment', ['--environment', name], JSON.stringify(said));
    await run('deploy', ['--environment', name, '--registry', 'r.example', '--tag', 'v1', '--dry-run']);
    manifests = await renderedFrom(folder);
  }, 60_000);
  const find = (kind: string, called: string) =>
    manifests.find(({ kind: k, metadata }) => k === kind && metadata.name === called);

  it('nothing is left open: each service is itself, at its name, of the image that was asked for', () => {
    const text = JSON.stringify(manifests);
    expect(text).not.toMatch(/from-the-environment|of-the-service/);
    for (const [, image] of text.matchAll(/"image":"([^"]*)"/g)) {
      expect(image).toMatch(/^[\w.-]+\.[a-z]+\/[\w./-]+:[\w.-]+$/);
    }
    for (const service of serviceNames) {
      const { spec } = find('Deployment', service).spec.template;
      expect(spec.containers[0].image).toBe(`r.example/flixtube/${service}:v1`);
      const volume = spec.volumes.find((one: Manifest) => one.name === 'key-vault');
      expect(volume.csi.volumeAttributes.secretProviderClass).toBe(service);
      expect(find('ServiceAccount', service).metadata.annotations['azure.workload.identity/client-id']).toBe(
        `client-of-${service}`,
      );
    }
    for (const one of identities) {
      expect(find('SecretProviderClass', one).spec.parameters).toMatchObject({
        clientID: `client-of-${one}`,
        keyvaultName: 'the-vault',
        tenantId: 'the-tenant',
      });
    }
    const door = find('Gateway', 'door').spec.listeners.map((one: Manifest) => one.hostname);
    expect(door).toEqual(['videos.example.org', 'videos.example.org']);
    expect(find('ConfigMap', 'environment').data).toMatchObject({
      AZURE_STORAGE_ACCOUNT_URL: outputs.storage_account_url,
      AZURE_STORAGE_CONTAINER: 'videos',
    });
  });

  it('bytes come from Front Door where Terraform says so, and pages may read them there', () => {
    const settingOf = (service: string, name: string) =>
      find('Deployment', service).spec.template.spec.containers[0].env.find((one: Manifest) => one.name === name).value;
    expect(settingOf('video-streaming', 'STREAM_DELIVERY')).toBe('redirect');
    expect(settingOf('video-storage', 'CDN_URL')).toBe('https://segments.example.net');
    expect(settingOf('gateway', 'DELIVERY_ORIGIN')).toBe('https://segments.example.net');
  });

  it.each(serviceNames)(
    'a delivery of %s alone brings all that it needs, and nothing beside the namespace',
    (service) => {
      // As scripts/release/deploy.ts selects it.
      const brought = manifests.filter(({ metadata }) =>
        ['settings', service].includes(metadata.labels?.['app.kubernetes.io/name']),
      );
      expect(brought.filter(({ metadata }) => metadata.namespace !== 'flixtube')).toEqual([]);
      const { spec } = find('Deployment', service).spec.template;
      const maps = [
        ...spec.containers[0].envFrom.map(({ configMapRef }: Manifest) => configMapRef?.name),
        ...spec.volumes.map(({ configMap }: Manifest) => configMap?.name),
        // What Terraform has said is in the cluster before a service is.
      ].filter((called) => called !== undefined && called !== 'environment');
      const own = ['Deployment', 'ServiceAccount', 'SecretProviderClass', 'NetworkPolicy'];
      const names = brought.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
      expect(names).toEqual(
        expect.arrayContaining([
          ...own.map((kind) => `${kind} ${service}`),
          ...maps.map((called) => `ConfigMap ${called}`),
        ]),
      );
    },
  );
});

withKubectl('what Azure collects', () => {
  it('is every service by its name, at the port that has its metrics, and that port is let through', async () => {
    const manifests = await renderedFrom(path.join(root, 'infrastructure/kubernetes/overlays/azure'));
    const monitors = manifests.filter(({ kind }) => kind === 'PodMonitor');
    const allowed = manifests
      .find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'metrics-to-azure')
      .spec.ingress[0].ports.map(({ port }: Manifest) => port);
    for (const service of serviceNames) {
      const { metadata, spec } = manifests.find((one) => one.kind === 'Deployment' && one.metadata.name === service)
        .spec.template;
      const collected = monitors.filter(({ spec: { selector } }) => selects(selector, metadata.labels));
      const ports = collected.flatMap((one) => one.spec.podMetricsEndpoints.map(({ port }: Manifest) => port));
      const has = spec.containers[0].ports.map(({ name }: Manifest) => name);
      expect({ service, ports }).toEqual({ service, ports: [has.includes('metrics') ? 'metrics' : 'http'] });
      expect(allowed).toEqual(expect.arrayContaining(ports));
      for (const one of collected) expect(metadata.labels[one.spec.jobLabel]).toBe(service);
    }
  }, 60_000);
});

withKubectl('the network of Azure', () => {
  it('lets who uses MongoDB reach the subnet in which Terraform has put it, and no other address', async () => {
    const manifests = await renderedFrom(path.join(root, 'infrastructure/kubernetes/overlays/azure'));
    const terraform = await readFile(path.join(root, 'infrastructure/terraform/network.tf'), 'utf8');
    const [, subnet] = /"azurerm_subnet" "endpoints" \{[^}]*address_prefixes\s*= \["([^"]+)"\]/.exec(terraform) ?? [];
    const policy = manifests.find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'to-mongodb');
    expect(policy.spec.egress.map(({ to }: Manifest) => to)).toEqual([[{ ipBlock: { cidr: subnet } }]]);
  }, 60_000);
});

withKubectl('the door of Azure', () => {
  it('no field in which the gateway believes its proxy is a viewer’s own word', async () => {
    const manifests = await renderedFrom(path.join(root, 'infrastructure/kubernetes/overlays/azure'));
    const route = manifests.find(({ kind, metadata }) => kind === 'HTTPRoute' && metadata.name === 'gateway');
    // X-Forwarded-For and -Proto are written by Envoy itself.
    for (const { filters } of route.spec.rules) {
      expect(filters).toContainEqual({
        type: 'RequestHeaderModifier',
        requestHeaderModifier: { remove: ['X-Forwarded-Host'] },
      });
    }
  }, 60_000);

  it('its pods, which AKS puts beside ours, are reached by viewers, and reach our gateway and what steers them', async () => {
    const manifests = await renderedFrom(path.join(root, 'infrastructure/kubernetes/overlays/azure'));
    const find = (kind: string, called: string) =>
      manifests.find((one) => one.kind === kind && one.metadata.name === called);
    const door = find('Gateway', 'door');
    const labels = { 'gateway.networking.k8s.io/gateway-name': door.metadata.name };
    const policies = manifests.filter(
      ({ kind, spec }) => kind === 'NetworkPolicy' && selects(spec.podSelector, labels),
    );
    const portsOf = (rules: Manifest[]) => rules.flatMap(({ ports }) => ports.map(({ port }: Manifest) => port));

    const fromAll = policies.flatMap(({ spec }) => spec.ingress ?? []).filter(({ from }) => from === undefined);
    const healthOfEnvoy = 15021;
    expect(portsOf(fromAll)).toEqual([...door.spec.listeners.map(({ port }: Manifest) => port), healthOfEnvoy]);

    const leaves = policies.flatMap(({ spec }) => spec.egress ?? []);
    const to = (isMeant: (peer: Manifest) => boolean) => portsOf(leaves.filter((rule) => rule.to.some(isMeant)));
    const gateway = find('Deployment', 'gateway').spec.template;
    const [{ containerPort }] = gateway.spec.containers[0].ports;
    expect(to(({ podSelector }) => podSelector && selects(podSelector, gateway.metadata.labels))).toEqual([
      containerPort,
    ]);
    const steering = { 'kubernetes.io/metadata.name': 'aks-istio-system' };
    expect(to(({ namespaceSelector }) => namespaceSelector && selects(namespaceSelector, steering))).toEqual([15012]);
    // `restricted` would refuse them.
    expect(find('Namespace', 'flixtube').metadata.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'baseline',
    });
  }, 60_000);
});
