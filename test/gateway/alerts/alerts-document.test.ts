import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { alertsDocument } from '../../../gateway/alerts/alerts-document';

const DOCUMENT = join(resolve(__dirname, '../../..'), 'docs', 'alerts.md');

test('docs/alerts.md says what the table says', () => {
  if (process.env.UPDATE_SNAPSHOT) writeFileSync(DOCUMENT, alertsDocument());
  expect(existsSync(DOCUMENT) && readFileSync(DOCUMENT, 'utf8')).toBe(alertsDocument());
});
