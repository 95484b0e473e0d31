/** docs/insights.md: the list of insights as people read it. */
import { INSIGHTS } from './definitions';
import { LEAST_PEOPLE, USUAL_DAYS } from './rules';

const UNITS: Readonly<Record<(typeof INSIGHTS)[number]['unit'], string>> = {
  tokens: 'tokens',
  share: 'a share of calls or tokens',
  hour: 'an hour of the day',
  keys: 'keys',
  budgets: 'budgets',
  teams: 'teams',
};

const INTRODUCTION = `# Insights

How AI is used, from the ledger's metadata alone: what was said is kept nowhere, so nothing is made of it. Each insight has its
definition and its rule beside it, here and wherever it shows; the rules are said with the numbers that compute them
(\`gateway/ledger/insights/\`).

- the page *Insights* of [the dashboard](dashboard.md), and its CSV;
- \`GET /insights\` of the admin API (\`team\`, \`start_date\`, \`end_date\`, \`names\`);
- \`contractor-workspace insights [--team T] [--from DAY] [--until DAY] [--json]\`.

All three have the same figures: of the last ${USUAL_DAYS} days or of those named, in the policy's time zone, beside as many days just
before. The five indicators of prompt quality are marked.

## Whom it tells of

No people are ranked, and no person has figures there: names stand beside keys and budgets only, which everybody has who may
open the admin listener. Teams are compared as letters, in an order that says nothing; \`names\` names them for administrators,
not for viewers. A team with fewer than ${LEAST_PEOPLE} people who made a call is shown neither in the comparison nor by itself, nor is one
that would tell of it by subtraction.
`;

const ENDING = `## How it is kept

Tasks, sizes of calls and calls by quarter of an hour follow the calls by the mark of
[the sums](gateway.md#sums-that-follow-the-calls), in the same transaction, so they are as many seconds behind; each view says up to
when calls are in it. Exact costs that come later take the place of estimates. A task's row, which has its session's id, goes
when single calls go (\`retention_days\`); the sums of days stay and name neither sessions nor people. When the sums begin anew,
tasks and sizes of days whose calls are no longer single are lost. The use of budgets is looked at once an hour, by a
connection and within a time of its own, behind calls.
`;

export function insightsDocument(): string {
  const entries = INSIGHTS.map(
    ({ name, definition, rule, unit, advice, isIndicator }) =>
      `### ${name}\n\n| | |\n|---|---|\n| what it says | ${definition} |\n| rule | ${rule} |\n| unit | ${UNITS[unit]} |\n| what to do | ${advice} |\n| indicator of prompt quality | ${isIndicator ? 'yes' : 'no'} |\n`,
  );
  return [INTRODUCTION, '## The insights\n', ...entries, ENDING].join('\n');
}
