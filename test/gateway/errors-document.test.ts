import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ERRORS } from '../../gateway/errors';
import { errorsDocument } from '../../gateway/errors/errors-document';

const DOCUMENT = join(resolve(__dirname, '..', '..'), 'docs', 'errors.md');

test('docs/errors.md says what the table says', () => {
  if (process.env.UPDATE_SNAPSHOT) writeFileSync(DOCUMENT, errorsDocument());
  expect(existsSync(DOCUMENT) && readFileSync(DOCUMENT, 'utf8')).toBe(errorsDocument());
});

test('no refusal is left out of it', () => {
  const named = [...errorsDocument().matchAll(/^\| `(\w+)` \| \d{3} /gm)].map(([, code]) => code);
  expect(named.sort()).toEqual(Object.keys(ERRORS).sort());
});
