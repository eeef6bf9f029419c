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
