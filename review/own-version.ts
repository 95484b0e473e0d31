/** Which version of ours it is that reviews. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ownVersion = (): string =>
  (JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as { version: string }).version;
