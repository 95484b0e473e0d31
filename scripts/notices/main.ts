/**
 * Writes THIRD-PARTY-NOTICES.md: `npm run notices`; with --check exit 1 when the committed file is not current.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { notices } from './notices';
import { readPackages } from './read-packages';

const ROOT = resolve(__dirname, '../..');
const NAME = 'THIRD-PARTY-NOTICES.md';
const FILE = join(ROOT, NAME);

const text = notices(readPackages(ROOT));
if (!process.argv.includes('--check')) writeFileSync(FILE, text);
else if (!existsSync(FILE) || readFileSync(FILE, 'utf8') !== text) {
  process.stderr.write(`${NAME} is not what is installed: run "npm ci && npm run notices" and commit it\n`);
  process.exitCode = 1;
}
