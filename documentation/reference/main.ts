/** Writes docs/reference/: `npm run reference`. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FOLDER, referencePages } from './pages';

const folder = join(resolve(__dirname, '../..'), FOLDER);

mkdirSync(folder, { recursive: true });
const pages = referencePages();
for (const file of readdirSync(folder)) if (!pages.has(file)) rmSync(join(folder, file), { recursive: true });
for (const [file, text] of pages) writeFileSync(join(folder, file), text);
process.stdout.write(`wrote ${pages.size} pages to ${FOLDER}/\n`);
