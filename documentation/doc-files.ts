/** What people read: the pages that are looked through, and made into the site. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '..');

/** Pages beside the folder docs/. */
const BESIDE = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'];

/** Paths from the root, the README first. */
export const docFiles = (): string[] => [
  ...BESIDE,
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join('docs', path))
    .sort(),
];

export const readDoc = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
