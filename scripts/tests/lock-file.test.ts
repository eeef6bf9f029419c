import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '@flixtube/dev-env/root';
import { expect, test } from '@jest/globals';

interface Locked {
  version?: string;
  link?: boolean;
  integrity?: string;
  resolved?: string;
}

const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Locked>;
};
const fetched = Object.entries(packages).filter(([place, { link }]) => place.includes('node_modules/') && !link);

test('what npm fetches is held to a hash, also where it is of another platform', () => {
  // npm leaves the hash out of what it has not fetched itself: `npm install` on one platform loses those of the others.
  expect(fetched.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([place]) => place)).toEqual([]);
});

test('no registry is named: each machine asks its own', () => {
  expect(fetched.filter(([, { resolved }]) => resolved !== undefined).map(([place]) => place)).toEqual([]);
});
