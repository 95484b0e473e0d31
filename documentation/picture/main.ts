/** Writes docs/pictures/: `npm run pictures`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../doc-files';
import { FOLDER, pictures } from './way-of-a-call';

mkdirSync(join(ROOT, FOLDER), { recursive: true });
for (const [file, text] of pictures()) writeFileSync(join(ROOT, FOLDER, file), text);
