/** Budgets as SQL has them: what people may spend over all keys, and have spent in the window that holds now. */
import { ownerTerms } from '../admin/owner-standing';
import { dayAt } from '../ledger/calendar-day';
import { toNano } from '../ledger/money';
import { windowAt } from '../ledger/window';
import type { Services } from '../services';
import type { Statements } from '../store/database';
import { lastDayOfKeys } from './listing';

type Deciding = Pick<Services, 'documents' | 'settings' | 'now'>;

/** Shares of a budget from which on it is said to be nearly spent, and spent. */
export const NEAR = 0.8;

/** Of keys of services, nobody is the owner. */
export const IS_PERSON = `<> '' and owner_id !~ '^(ci|agent):'`;

/** $1 to $6 of `PEOPLE`. */
export function peopleValues({ documents, settings, now }: Deciding): unknown[] {
  const at = now();
  const { time_zone } = documents.current.document;
  const terms = ownerTerms({ documents, settings }, { limits: {} });
  const startOf = (duration: '1d' | '7d' | '30d'): Date => windowAt(duration, at, time_zone).start;
  return [toNano(terms.max_budget), terms.budget_duration, at, startOf('1d'), startOf('7d'), startOf('30d')];
}

/**
 * Everybody who has keys or terms: id, name, teams, state, and how the budget over all keys stands, in nano-dollars. What
 * `describeFigures` says of one, for all.
 */
export const PEOPLE = `
  select p.id, coalesce(nullif(o.name, p.id), p.name, p.id) as name, p.living::integer as living, p.blocked::integer as blocked, p.teams,
    o.suspended_at is not null as suspended, o.suspended_by,
    w.spent_nano, coalesce(a.reserved_nano, 0) as reserved_nano, w.budget_nano,
    case when w.budget_nano > 0 then (w.spent_nano + coalesce(a.reserved_nano, 0)) / w.budget_nano::double precision
      else 1 end as share
  from (
    select owner_id as id, (array_agg(owner_name order by keys.id desc))[1] as name,
      count(*) filter (where revoked_at is null and rotated_to is null) as living,
      count(*) filter (where revoked_at is null and rotated_to is null and blocked_at is not null) as blocked,
      array_agg(distinct template_name) filter (where template_name is not null) as teams
    from keys where owner_id ${IS_PERSON} group by 1
    union all
    select o.id, o.name, 0, 0, null from (select id as owner_id, * from owners) o
    where owner_id ${IS_PERSON} and not exists (select from keys k where k.owner_id = o.id)
  ) p
    left join owners o on o.id = p.id
    left join budgets b on b.id = o.budget_id
    left join accounts a on a.label = 'owner/' || p.id
    cross join lateral (
      select coalesce(o.max_budget_nano, b.max_budget_nano, $1::bigint)
          + case when a.raised_until > $3::timestamptz then a.raised_nano else 0 end as budget_nano,
        case when a.window_start >= case coalesce(o.budget_duration, b.budget_duration, $2::text)
            when '1d' then $4::timestamptz when '7d' then $5::timestamptz when '30d' then $6::timestamptz
            else '-infinity' end then a.spent_nano else 0 end as spent_nano
    ) w`;

export interface PeopleCounts {
  readonly people: number;
  /** People at `NEAR` of their budget or above, those who have spent it among them. */
  readonly near: number;
  readonly over: number;
  /** Keys that work, were made before that many days, and have had no call since. */
  readonly idleKeys: number;
}

/** How many people are at the end of their budgets, and how many keys are idle. @param idleDays days without a call */
export async function countPeople(
  services: Deciding,
  statements: Statements,
  idleDays: number,
): Promise<PeopleCounts> {
  const zone = services.documents.current.document.time_zone;
  const since = dayAt(services.now(), zone, idleDays - 1);
  const [row] = await statements.run<Record<keyof PeopleCounts, string>>(
    '',
    `select count(*) as people, count(*) filter (where share >= ${NEAR}) as near, count(*) filter (where share >= 1) as over,
       (select count(*) from (${lastDayOfKeys('$7::text')} where k.revoked_at is null and k.rotated_to is null
         and k.created_at < $9::timestamptz) as keys where day is null or day < $8::date) as "idleKeys"
     from (${PEOPLE}) as people`,
    [...peopleValues(services), zone, since.date, since.start],
  );
  return Object.fromEntries(
    Object.entries(row ?? {}).map(([name, text]) => [name, Number(text)]),
  ) as unknown as PeopleCounts;
}
