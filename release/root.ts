import { join } from 'node:path';

/** The project this program is of, wherever it is run. */
export const ROOT = join(__dirname, '..');
