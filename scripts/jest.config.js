import { preset } from '../jest.preset.js';

// operate is a workspace of its own, and its tests have backends.
export default { ...preset, testTimeout: 240_000, testPathIgnorePatterns: ['/node_modules/', '<rootDir>/operate/'] };
