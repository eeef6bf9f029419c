/** Who may import whom: each boundary of docs/architecture.md is a rule here. */
const services = 'gateway|metadata|video-upload|video-storage|video-processing|video-streaming|history';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-service-imports-another',
      comment: 'Services talk over HTTP and RabbitMQ only; what they share is in packages/.',
      severity: 'error',
      from: { path: `^(${services})/` },
      to: { path: `^(${services})/`, pathNot: '^$1/' },
    },
    {
      name: 'domain-imports-no-adapter-or-technology',
      comment: 'The rules of a service are free of Express, MongoDB, AMQP and Azure; ports are declared in the domain.',
      severity: 'error',
      from: { path: `^(${services})/src/domain/`, pathNot: '\\.test\\.ts$' },
      to: {
        path: [
          '/src/(adapters|routes|consumers)/',
          '/src/(app|wiring|main|config)\\.ts$',
          'node_modules/(express|mongodb|amqplib|amqp-connection-manager|@azure|axios|undici)/',
          '^packages/chassis/src/(?!errors|ids)',
        ],
      },
    },
    {
      name: 'entry-points-reach-adapters-only-through-wiring',
      comment: 'wiring.ts is the one place that knows which adapter stands behind a port.',
      severity: 'error',
      from: { path: `^(${services})/src/(routes|consumers|app)` },
      to: { path: '/src/adapters/' },
    },
    {
      name: 'chassis-imports-no-contract',
      comment: 'The chassis is plumbing: it knows no domain word.',
      severity: 'error',
      from: { path: '^packages/chassis/src/' },
      to: { path: `^(packages/contracts|${services}|web)/` },
    },
    {
      name: 'contracts-import-only-zod',
      comment: 'Shapes and nothing else.',
      severity: 'error',
      from: { path: '^packages/contracts/' },
      to: { pathNot: ['^packages/contracts/', 'node_modules/zod/'] },
    },
    {
      name: 'webvtt-imports-nothing',
      comment: 'Texts in, texts out: neither plumbing nor a service is any of its business.',
      severity: 'error',
      from: { path: '^packages/webvtt/src/', pathNot: '\\.test\\.ts$' },
      to: { path: `^(packages/(?!webvtt)|${services}|web)/|node_modules/` },
    },
    {
      name: 'production-code-imports-no-development-code',
      severity: 'error',
      from: { path: `^(${services}|web|packages/(chassis|contracts|webvtt))/src/`, pathNot: '\\.test\\.tsx?$' },
      to: { path: ['^packages/dev-env/', '^(e2e|bench|scripts)/', '/tests/', '\\.test\\.tsx?$'] },
    },
    {
      name: 'web-imports-only-contracts',
      comment: 'The app knows the public contract and no service.',
      severity: 'error',
      from: { path: '^web/src/' },
      to: { path: `^(${services}|packages/(chassis|dev-env|webvtt)|scripts|e2e|bench)/` },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    // bench/k6 is run by k6, whose modules are its own.
    exclude: { path: ['/dist/', '^\\.flixtube/', '^coverage/', '^bench/k6/'] },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
