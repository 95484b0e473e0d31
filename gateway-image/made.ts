import { join } from 'node:path';

/** The gateway's program, where the package that npm installs has it ready. */
export const MADE = join(__dirname, 'made');
