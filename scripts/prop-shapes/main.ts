/**
 * Writes down what the props of all constructs and programs look like, for the check at synth.
 *
 *   node --import tsx scripts/prop-shapes/main.ts            write constructs/common/prop-shapes.json
 *   node --import tsx scripts/prop-shapes/main.ts --check    exit 1 when the committed file is not current
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readShapes } from './read-shapes';

const NAME = 'constructs/common/prop-shapes.json';
const FILE = join(resolve(__dirname, '../..'), NAME);

const text = `${JSON.stringify(readShapes(), null, 2)}\n`;
if (!process.argv.includes('--check')) {
  writeFileSync(FILE, text);
} else if (!existsSync(FILE) || readFileSync(FILE, 'utf8') !== text) {
  process.stderr.write(`${NAME} is not what the interfaces say: run "npm run shapes" and commit it\n`);
  process.exitCode = 1;
}
