/** What every workspace's Jest has in common: TypeScript through swc, as ES modules. */
export const preset = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'esnext', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  testMatch: ['**/src/**/*.test.ts', '**/tests/**/*.test.ts'],
  testTimeout: 30_000,
};

/** The preset for tests on real backends ('mongodb', 'rabbitmq', 'azurite'): those in the environment, else fresh ones. */
export function withBackends(...backends) {
  return {
    ...preset,
    globalSetup: '@flixtube/dev-env/jest/global-setup',
    globalTeardown: '@flixtube/dev-env/jest/global-teardown',
    globals: { backends },
  };
}
