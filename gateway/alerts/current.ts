/** Alerts that still say something of now: what has become ill and is so yet, and what was critical a short while ago. */
import type { Statements } from '../store/database';

/** Kinds of what is either well or ill, when it is ill: they are over as soon as it is well again. */
const STATES = ['deployment_down', 'error_rate_high', 'liveness_silent'] as const;
/** Hours for which what is critical and no state counts as current. */
export const CURRENT_HOURS = 24;

/** Ids of the alerts; those that were silenced or stand behind a higher step are none of them. */
const CURRENT = `
select max(a.id) as id from alerts a join alert_states s on s.subject = a.subject and s.state = 'ill'
where a.kind in (${STATES.map((kind) => `'${kind}'`).join(', ')}) and a.outcome in ('told', 'collapsed')
group by a.subject
union
select a.id from alerts a
where a.severity = 'critical' and a.kind not in (${STATES.map((kind) => `'${kind}'`).join(', ')})
  and a.outcome in ('told', 'collapsed') and a.raised_at > clock_timestamp() - interval '${CURRENT_HOURS} hours'`;

/** Shown at most. */
export const MOST_CURRENT = 100;

export async function countCurrent(statements: Statements): Promise<number> {
  const [row] = await statements.run<{ n: string }>(
    'alerts-current-count',
    `select count(*) as n from (${CURRENT}) as current`,
    [],
  );
  return Number(row?.n ?? 0);
}

/** Their ids, newest first. */
export async function currentIds(statements: Statements): Promise<string[]> {
  const rows = await statements.run<{ id: string }>(
    'alerts-current',
    `select id from (${CURRENT}) as current order by id desc limit ${MOST_CURRENT}`,
    [],
  );
  return rows.map(({ id }) => id);
}

export interface ChannelStanding {
  readonly channel: string;
  readonly deliveredAt: Date | null;
  /** Deliveries that are still to be made. */
  readonly waiting: number;
  readonly nextAt: Date | null;
  readonly givenUp: number;
}

/** Of every channel that had something to deliver in the time that alerts are kept. */
export async function readChannels(statements: Statements): Promise<ChannelStanding[]> {
  const rows = await statements.run<{
    channel: string;
    delivered_at: Date | null;
    waiting: string;
    next_at: Date | null;
    given_up: string;
  }>(
    'alerts-channels',
    `select channel, max(delivered_at) as delivered_at,
       count(*) filter (where delivered_at is null and ended_at is null) as waiting,
       min(next_at) filter (where delivered_at is null and ended_at is null) as next_at,
       count(*) filter (where ended_at is not null and last_fault is distinct from 'silenced') as given_up
     from alert_deliveries group by channel order by channel`,
    [],
  );
  return rows.map(({ channel, delivered_at, waiting, next_at, given_up }) => ({
    channel,
    deliveredAt: delivered_at,
    waiting: Number(waiting),
    nextAt: next_at,
    givenUp: Number(given_up),
  }));
}
