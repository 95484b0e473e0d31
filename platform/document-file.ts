import { join } from 'node:path';
import type { DeclaredPlatform } from '../src/run-platform-file';

/** The gateway's document as the stack has it: the template beside it may have catalog and policy of its own. */
export const documentFileOf = ({ folder }: Pick<DeclaredPlatform, 'folder'>): string =>
  join(folder, 'gateway', 'config.json');
