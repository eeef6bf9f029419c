import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '@flixtube/dev-env/programs';
import { root } from '@flixtube/dev-env/root';
import { serviceNames } from '@flixtube/dev-env/services';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';

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

withKubectl.each(['local', 'azure'])('the overlay %s', (overlay) => {
  let manifests: Manifest[];
  beforeAll(async () => {
    const folder = path.join(root, 'infrastructure/kubernetes/overlays', overlay);
    const args = ['kustomize', '--load-restrictor', 'LoadRestrictionsNone', folder];
    const { stdout } = await promisify(execFile)(kubectl ?? '', args, { maxBuffer: 16 * 2 ** 20 });
    manifests = parseAllDocuments(stdout).map((document) => document.toJS());
  });

  const all = (kind: string) => manifests.filter((one) => one.kind === kind);
  const named = (kind: string, name: string) => all(kind).find(({ metadata }) => metadata.name === name);
  const podOf = (service: string) => named('Deployment', service).spec.template;
  /** Whether a NetworkPolicy's selector means a pod with these labels. */
  const means = (selector: Manifest, labels: Record<string, string>) =>
    Object.entries(selector?.matchLabels ?? {}).every(([name, value]) => labels[name] === value);

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
      const { terminationGracePeriodSeconds: grace, containers } = podOf(service).spec;
      const waits = containers[0].lifecycle.preStop.sleep.seconds;
      expect(grace).toBeGreaterThan(waits + Number(settings.SHUTDOWN_SECONDS));
    }
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
          .filter(({ spec }) => spec.policyTypes.includes('Egress') && means(spec.podSelector, labels))
          .flatMap(({ spec }) => spec.egress ?? [])
          .some((rule: Manifest) =>
            rule.to?.some(
              (peer: Manifest) => peer.podSelector && !peer.namespaceSelector && means(peer.podSelector, target),
            ),
          );
        const enters = policies
          .filter(({ spec }) => spec.policyTypes.includes('Ingress') && means(spec.podSelector, target))
          .flatMap(({ spec }) => spec.ingress ?? [])
          .some((rule: Manifest) =>
            rule.from?.some(
              (peer: Manifest) => peer.podSelector && !peer.namespaceSelector && means(peer.podSelector, labels),
            ),
          );
        expect({ from, other, enters }).toEqual({ from, other, enters: leaves });
        return leaves;
      });
      expect({ from, to: [...to, ...backends].sort() }).toEqual({ from, to: (arrows[from] ?? []).toSorted() });
    }
  });
});
