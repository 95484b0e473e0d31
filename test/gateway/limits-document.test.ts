import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { limitsDocument } from '../../gateway/model/limits-document';

const DOCUMENT = join(resolve(__dirname, '..', '..'), 'docs', 'limits.md');

test('docs/limits.md says what the table says', () => {
  if (process.env.UPDATE_SNAPSHOT) writeFileSync(DOCUMENT, limitsDocument());
  expect(existsSync(DOCUMENT) && readFileSync(DOCUMENT, 'utf8')).toBe(limitsDocument());
});
