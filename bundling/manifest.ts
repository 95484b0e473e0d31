/** What a bundle says of itself: our `package.json` without what it was made with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './options';

export function manifestText(): string {
  const { name, version, license, engines } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  ) as Record<string, unknown>;
  return `${JSON.stringify({ name, version, license, private: true, engines }, null, 2)}\n`;
}
