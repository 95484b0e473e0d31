import { join } from 'node:path';
import { IS_PACKAGE } from '../terminal/set-up.cjs';

/** Where this program lies, wherever it is run. */
export const ROOT = join(__dirname, '..');

/** Whose templates it is about: a clone is about its own, an installed package about those of the folder it is run in. */
export const PROJECT = IS_PACKAGE ? process.cwd() : ROOT;
