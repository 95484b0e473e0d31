/** What pages ask of calls and of insights, by name: to be timed. */
import type { CallFilter } from '../gateway/ledger/calls/call-filter';
import { readCall, readCalls, readNewest } from '../gateway/ledger/calls/read-calls';
import { readSessionSums } from '../gateway/ledger/calls/session-sums';
import { findBudgetUse } from '../gateway/ledger/insights/budget-use';
import { insightDays, readInsights } from '../gateway/ledger/insights/read-insights';
import { builtInDocument } from '../gateway/documents/built-in-document';
import type { Database } from '../gateway/store/database';

export type Reads = Record<string, () => Promise<unknown>>;

/** Over so many days, of all teams or one; and what is found of budgets once an hour. */
export function insightReads(database: Database, timeZone: string, now: Date): Reads {
  const reads: Reads = {};
  const document = { ...builtInDocument().document, time_zone: timeZone };
  for (const [team, count] of [
    [undefined, 28],
    ['template-1', 28],
    [undefined, 365],
  ] as const)
    reads[`insights of ${team ?? 'all teams'}, ${count} days`] = () =>
      readInsights(database, {
        days: insightDays(undefined, undefined, count, now, timeZone),
        team,
        named: false,
        document,
        now,
      });
  reads['use of budgets, once an hour'] = () =>
    findBudgetUse(database, { document, ownerBudget: undefined }, now);
  return reads;
}

/** A page of 50 calls by each filter; the last ones match nothing, so that all that may be looked through is. */
export async function callReads(database: Database): Promise<Reads> {
  const reads: Reads = {};
  const { calls } = await readCalls(database, {}, 1);
  const [newest] = calls;
  if (newest === undefined) return reads;
  const filters: Record<string, CallFilter> = {
    'no filter': {},
    person: { person: newest.ownerId },
    key: { accountId: newest.accountId },
    team: { team: 'template-1' },
    workspace: { workspace: 'w-7' },
    model: { model: 'model-1' },
    deployment: { deployment: 'deployment-1' },
    scope: { scope: 'user' },
    failed: { status: 'failed' },
    status: { status: '500' },
    'error type': { error: 'provider_failed' },
    'client, none': { client: 'nobody' },
    'session, none': { session: 'nobody' },
    'person and session, none': { person: newest.ownerId, session: 'nobody' },
    'key and session, none': { accountId: newest.accountId, session: 'nobody' },
    'from, until': {
      from: new Date(Date.now() - 9 * 86_400_000),
      until: new Date(Date.now() - 8 * 86_400_000),
    },
  };
  for (const [name, filter] of Object.entries(filters))
    reads[`calls, ${name}`] = () => readCalls(database, filter, 50);
  const behind = (await readCalls(database, {}, 5_000)).next;
  reads['calls, far behind'] = () => readCalls(database, {}, 50, behind);
  reads['one call'] = () => readCall(database, newest.requestId);
  reads['sums of its session'] = () => readSessionSums(database, { ...newest, session: 'nobody' });
  reads['newest 500, for live pages'] = () => readNewest(database, 500);
  return reads;
}
