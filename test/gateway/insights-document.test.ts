import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { INSIGHTS } from '../../gateway/ledger/insights/definitions';
import { insightsDocument } from '../../gateway/ledger/insights/insights-document';

const DOCUMENT = join(resolve(__dirname, '..', '..'), 'docs', 'insights.md');

test('docs/insights.md says what the list says', () => {
  if (process.env.UPDATE_SNAPSHOT) writeFileSync(DOCUMENT, insightsDocument());
  expect(existsSync(DOCUMENT) && readFileSync(DOCUMENT, 'utf8')).toBe(insightsDocument());
});

test('the five indicators of prompt quality go by their names', () => {
  expect(INSIGHTS.filter(({ isIndicator }) => isIndicator).map(({ name }) => name)).toEqual([
    'Tokens per task',
    'Retry rate',
    'Model match',
    'Error rate',
    'Budget utilization',
  ]);
});
