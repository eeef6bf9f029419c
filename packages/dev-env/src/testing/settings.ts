import { randomBytes } from 'node:crypto';
import type { BackendName } from '../backends.ts';

/** A variable that Jest's global setup has put into the environment. */
export function setting(name: string, backend: BackendName): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`${name} is not set: let the workspace's jest.config.js ask for it, withBackends('${backend}')`);
}

/** A name that no other test run has, fit for a virtual host, a database and a container. */
export function uniqueName(): string {
  return `test-${Date.now().toString(36)}-${randomBytes(4).toString('hex')}`;
}
