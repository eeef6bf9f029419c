import { preset } from '../jest.preset.js';

export default {
  ...preset,
  globalSetup: './global-setup.ts',
  globalTeardown: './global-teardown.ts',
  testTimeout: 60_000,
  // One system, two cores.
  maxWorkers: 1,
};
