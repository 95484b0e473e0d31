/** What lets Node.js require a user's TypeScript. */
import { join } from 'node:path';
import { IS_PACKAGE } from '../terminal/set-up.cjs';

export const HOOK = join(__dirname, '..', 'scripts', 'register-typescript.cjs');

/** A clone has it from its start on; the package needs it for programs of others alone. */
export function readTypeScript(): void {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- it changes how Node.js loads files
  if (IS_PACKAGE) require(HOOK);
}
