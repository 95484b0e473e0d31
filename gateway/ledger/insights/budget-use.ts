/** Which budgets are too tight or hardly used: dear to find, so it is found once an hour and kept. */
import { setTimeout as delay } from 'node:timers/promises';
import type { GatewayDocument } from '../../config/document';
import { describeFault, type Logger } from '../../log';
import type { Reports } from '../../reports';
import type { Database, Statements } from '../../store/database';
import { dayAt, daysBetween } from '../calendar-day';
import { toDollars, toNano } from '../money';
import { windowAt } from '../window';
import {
  BUDGET_DAYS,
  FULL_SHARE,
  MOST_LISTED,
  TIGHT_FACTOR,
  TIGHT_WINDOWS,
  UNUSED_FACTOR,
  UNUSED_SHARE,
} from './rules';

export type BudgetKind = 'key' | 'owner' | 'team';

export interface BudgetFinding {
  /** Id of the account. */
  readonly account: string;
  readonly kind: BudgetKind;
  readonly verdict: 'tight' | 'unused';
  /** US dollars. */
  readonly budget: number;
  readonly duration: string;
  /** Windows with a call, those of them that were full, and the dearest in US dollars. */
  readonly windows: number;
  readonly full: number;
  readonly dearest: number;
  readonly suggested: number;
}

export interface BudgetUse {
  readonly madeAt: Date;
  /** Budgets with a call in a window that is over. */
  readonly lookedAt: number;
  readonly tight: number;
  readonly unused: number;
  /** Of all those windows, in US dollars. */
  readonly spent: number;
  readonly allowed: number;
  /** Tight ones first, dearest first; at most some hundred of a kind and verdict. */
  readonly findings: readonly BudgetFinding[];
}

export interface BudgetUseTerms {
  readonly document: GatewayDocument;
  /** US dollars a day that take the place of the document's owner budget. */
  readonly ownerBudget: number | undefined;
}

/** Rounded up to two digits: 0.013, 4.7, 230. */
export function roundUp(dollars: number): number {
  if (!(dollars > 0)) return 0;
  const unit = 10 ** (Math.floor(Math.log10(dollars)) - 1);
  return Number((Math.ceil(dollars / unit - 1e-9) * unit).toPrecision(2));
}

/**
 * Windows that are over, one a budget and window with a call. $1 days, and of each $2 its week and $3 its month, 0 where
 * those are not whole; $4 names of scopes, $5 their budgets, $6 durations; $7, $8 those of people; $9 names of templates,
 * $10, $11. Nano-dollars.
 */
const WINDOWS = `
  with days as (
    select * from unnest($1::date[], $2::integer[], $3::integer[]) as d (day, week, month)
  ), spent as materialized (
    select k.account_id, k.owner_id, k.template_name, d.day, d.week, d.month, sum(s.cost_nano) as nano, sum(s.calls) as calls
    from key_sums_by_day s join days d on d.day = s.day join keys k on k.id = s.key_id
    group by 1, 2, 3, 4, 5, 6
  ), own as (
    select distinct on (k.account_id) k.account_id as account, 'key' as kind,
      coalesce(k.max_budget_nano, b.max_budget_nano, s.nano) as nano,
      coalesce(k.budget_duration, b.budget_duration, s.duration) as duration
    from keys k left join budgets b on b.id = k.budget_id
      left join unnest($4::text[], $5::bigint[], $6::text[]) as s (scope, nano, duration) on s.scope = k.scope
    where k.revoked_at is null and k.rotated_to is null
    order by k.account_id, k.id desc
  ), people as (
    select a.id as account, 'owner' as kind, coalesce(o.max_budget_nano, b.max_budget_nano, $7::bigint) as nano,
      coalesce(o.budget_duration, b.budget_duration, $8::text) as duration, substr(a.label, 7) as owner_id
    from accounts a left join owners o on o.id = substr(a.label, 7) left join budgets b on b.id = o.budget_id
    where starts_with(a.label, 'owner/')
  ), teams as (
    select a.id as account, 'team' as kind, t.nano, t.duration, t.name
    from unnest($9::text[], $10::bigint[], $11::text[]) as t (name, nano, duration)
      join accounts a on a.label = 'template/' || t.name
  ), charged as (
    select o.account, o.kind, o.nano as budget, o.duration, s.day, s.week, s.month, s.nano, s.calls
    from own o join spent s on s.account_id = o.account
    union all
    select p.account, p.kind, p.nano, p.duration, s.day, s.week, s.month, s.nano, s.calls
    from people p join spent s on s.owner_id = p.owner_id
    union all
    select t.account, t.kind, t.nano, t.duration, s.day, s.week, s.month, s.nano, s.calls
    from teams t join spent s on s.template_name = t.name
  ), windows as (
    select account, kind, budget, duration,
      case duration when '1d' then day - date '2000-01-01' when '7d' then week else month end as at, sum(nano) as nano
    from charged where duration <> 'none' and budget > 0
    group by 1, 2, 3, 4, 5 having sum(calls) > 0
  ), used as (
    select account, kind, budget, duration, count(*) as windows, count(*) filter (where nano >= budget * ${FULL_SHARE}) as full_windows,
      max(nano) as dearest, sum(nano) as nano
    from windows where at <> 0 group by 1, 2, 3, 4
  )`;

const FIND = `${WINDOWS}, judged as (
    select *, case when full_windows >= windows * ${TIGHT_WINDOWS} then 'tight' when dearest < budget * ${UNUSED_SHARE} then 'unused' end
      as verdict
    from used
  ), ranked as (
    select *, row_number() over (partition by kind, verdict order by dearest desc, account) as place from judged
  )
  select kind, verdict, account::text, budget::text, duration, windows::text, full_windows::text, dearest::text,
    null::text as looked_at, null::text as nano
  from ranked where verdict is not null and place <= ${MOST_LISTED}
  union all
  select kind, coalesce(verdict, ''), null, sum(budget * windows)::text, null, null, null, null, count(*)::text, sum(nano)::text
  from judged group by 1, 2`;

interface Row {
  readonly kind: BudgetKind;
  readonly verdict: 'tight' | 'unused' | '';
  readonly account: string | null;
  readonly budget: string;
  readonly duration: string;
  readonly windows: string;
  readonly full_windows: string;
  readonly dearest: string;
  readonly looked_at: string | null;
  readonly nano: string | null;
}

const DAY_MS = 86_400_000;

/** Numbers of the windows that days lie in, from 1; 0 for those of a window that is not whole and over. */
function windowsOf(
  days: readonly { start: Date; end: Date }[],
  duration: '7d' | '30d',
  timeZone: string,
): number[] {
  const [first] = days;
  const last = days.at(-1);
  return days.map(({ start }) => {
    const { start: from, end } = windowAt(duration, start, timeZone);
    const isWhole =
      first !== undefined &&
      last !== undefined &&
      from >= first.start &&
      end !== undefined &&
      end <= last.end;
    return isWhole ? Math.round(from.getTime() / DAY_MS) : 0;
  });
}

export async function findBudgetUse(
  statements: Statements,
  { document, ownerBudget }: BudgetUseTerms,
  now: Date,
): Promise<BudgetUse> {
  const { time_zone: timeZone, scopes, owner, teams } = document;
  const first = dayAt(now, timeZone, BUDGET_DAYS);
  const days = daysBetween(first.start, dayAt(now, timeZone, 1).start, timeZone);
  const scopeRows = Object.entries(scopes);
  const teamRows = Object.entries(teams.templates);
  const rows = await statements.run<Row & object>('', FIND, [
    days.map(({ date }) => date),
    windowsOf(days, '7d', timeZone),
    windowsOf(days, '30d', timeZone),
    scopeRows.map(([name]) => name),
    scopeRows.map(([, each]) => toNano(each.max_budget)),
    scopeRows.map(([, each]) => each.budget_duration),
    toNano(ownerBudget ?? owner.max_budget),
    ownerBudget === undefined ? owner.budget_duration : '1d',
    teamRows.map(([name]) => name),
    teamRows.map(([, each]) => toNano(each.max_budget)),
    teamRows.map(([, each]) => each.budget_duration),
  ]);
  const sums = rows.filter(({ account }) => account === null);
  const sum = (figure: (row: Row) => number, verdict?: string): number =>
    sums
      .filter((row) => verdict === undefined || row.verdict === verdict)
      .reduce((all, row) => all + figure(row), 0);
  return {
    madeAt: now,
    lookedAt: sum(({ looked_at: many }) => Number(many)),
    tight: sum(({ looked_at: many }) => Number(many), 'tight'),
    unused: sum(({ looked_at: many }) => Number(many), 'unused'),
    spent: toDollars(sum(({ nano }) => Number(nano))),
    allowed: toDollars(sum(({ budget }) => Number(budget))),
    findings: rows
      .flatMap((row) =>
        row.account === null || row.verdict === '' ? [] : [findingOf(row, row.account, row.verdict)],
      )
      .sort(
        (one, other) =>
          (one.verdict < other.verdict ? -1 : one.verdict > other.verdict ? 1 : 0) ||
          other.dearest - one.dearest,
      ),
  };
}

function findingOf(row: Row, account: string, verdict: 'tight' | 'unused'): BudgetFinding {
  const budget = toDollars(Number(row.budget));
  const dearest = toDollars(Number(row.dearest));
  return {
    account,
    kind: row.kind,
    verdict,
    budget,
    duration: row.duration,
    windows: Number(row.windows),
    full: Number(row.full_windows),
    dearest,
    suggested: roundUp(verdict === 'tight' ? budget * TIGHT_FACTOR : dearest * UNUSED_FACTOR),
  };
}

const NAME = 'budget-use';
/** In the line of reports; no admin key has such a name. */
const CALLER = '(insights)';

export async function readBudgetUse(statements: Statements): Promise<BudgetUse | undefined> {
  const [row] = await statements.run<{ made_at: Date; found: Omit<BudgetUse, 'madeAt'> }>(
    '',
    'select made_at, found from insights_kept where name = $1',
    [NAME],
  );
  return row && { ...row.found, madeAt: row.made_at };
}

export interface KeptBudgetUse {
  /** Does now what it does by itself every hour. */
  run(): Promise<void>;
  close(): void;
}

const EVERY_MS = 3_600_000;
const FIRST_MS = 60_000;
/** What another process has kept that lately is not made again. */
const FRESH_MS = EVERY_MS - FIRST_MS;

export interface BudgetUseSources {
  readonly database: Database;
  /** Whose connections are their own, with a limit of time and behind calls. */
  readonly reports: Pick<Reports, 'read'>;
  readonly documents: { readonly current: { readonly document: GatewayDocument } };
  readonly settings: { readonly ownerBudget: number | undefined };
  readonly logger: Logger;
  readonly now: () => Date;
}

export function keepBudgetUse({
  database,
  reports,
  documents,
  settings,
  logger,
  now,
}: BudgetUseSources): KeptBudgetUse {
  const closing = new AbortController();

  async function run(): Promise<void> {
    const terms = { document: documents.current.document, ownerBudget: settings.ownerBudget };
    const { madeAt, ...found } = await reports.read(
      CALLER,
      closing.signal,
      (statements) => findBudgetUse(statements, terms, now()),
      () => Promise.resolve(),
    );
    await database.run(
      'insights-keep',
      `insert into insights_kept (name, made_at, found) values ($1, $2, $3)
       on conflict (name) do update set made_at = excluded.made_at, found = excluded.found`,
      [NAME, madeAt, JSON.stringify(found)],
    );
  }

  async function isFresh(): Promise<boolean> {
    const [row] = await database.run<{ made_at: Date }>(
      'insights-kept-at',
      'select made_at from insights_kept where name = $1',
      [NAME],
    );
    return row !== undefined && now().getTime() - row.made_at.getTime() < FRESH_MS;
  }

  async function live(): Promise<void> {
    for (let waitMs = FIRST_MS; ; waitMs = EVERY_MS) {
      await delay(waitMs, undefined, { ref: false, signal: closing.signal });
      try {
        if (!(await isFresh())) await run();
      } catch (fault) {
        if (!closing.signal.aborted)
          logger.warn('the use of budgets was not looked at', { ...describeFault(fault), stack: undefined });
      }
    }
  }
  // Ends by being aborted.
  live().catch(() => {});

  return { run, close: () => closing.abort() };
}
