import { preset } from '../jest.preset.js';

export default {
  ...preset,
  globalSetup: './global-setup.ts',
  globalTeardown: './global-teardown.ts',
  testTimeout: 60_000,
  // One system, two cores.
  maxWorkers: 1,
  // A system that was given is not ours to kill, to start with other settings, nor to be told where its traces go.
  testPathIgnorePatterns:
    process.env.FLIXTUBE_URL === undefined ? [] : ['/tests/faults/', '/tests/telemetry/', '/tests/delivery/'],
};
