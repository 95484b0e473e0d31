/** Writes docs-site/: `npm run docs`. */
import { join } from 'node:path';
import { ROOT } from '../doc-files';
import { writeSite } from './write-site';

const count = writeSite(join(ROOT, 'docs-site'));
process.stdout.write(`wrote ${count} pages: open docs-site/index.html\n`);
