/** docs/alerts.md: what there is to say of alerts, and every kind of them as the table has it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KIND_NAMES, KINDS } from './kinds';

export function alertsDocument(): string {
  const text = readFileSync(join(__dirname, 'alerts-document.md'), 'utf8');
  const rows = KIND_NAMES.map((name) => {
    const { severity, when, whatToDo } = KINDS[name];
    return `| \`${name}\` | ${severity} | ${when} | ${whatToDo} |`;
  });
  return `${text}| kind | severity | when | what to do |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}
