/**
 * For whom what is said goes to Langfuse. An administrator says so; it is in the store, so that it holds in every process.
 * A process that has not read it yet takes it for off.
 */
import type { KeyRecord } from '../keys/key-record';
import type { Database, Statements } from '../store/database';

/** All of the gateway, among the places of switches. */
export const WHOLE_GATEWAY = 'gateway';

export interface ContentSwitch {
  /** `gateway`, or a team: `template/<name>`, `group/<name>`. */
  readonly place: string;
  /** When it is off again. Null: until it is switched off. */
  readonly until: Date | null;
  /** Days after which whoever runs Langfuse is to delete the content. */
  readonly keepDays: number;
  readonly setBy: string;
  readonly setAt: Date;
}

export interface ContentSwitches {
  /** Those that hold now. */
  readonly on: readonly ContentSwitch[];
  /** Of those that hold for the key: the shortest keeping. Undefined: none holds. */
  keepDaysFor(key: KeyOfTeams): number | undefined;
  /** Milliseconds until every process has what is set. */
  readonly withinMs: number;
  /** Looks at once. @throws GatewayError `store_unavailable` */
  refresh(): Promise<void>;
  close(): void;
}

type KeyOfTeams = Pick<KeyRecord, 'templateName' | 'ownerGroups'>;

export interface ContentSwitchOptions {
  readonly database: Database;
  /** Milliseconds between two looks. */
  readonly pollMs: number;
  readonly now: () => Date;
}

export function watchContentSwitches({ database, pollMs, now }: ContentSwitchOptions): ContentSwitches {
  let set: ReadonlyMap<string, ContentSwitch> = new Map();

  const holds = (place: string): ContentSwitch | undefined => {
    const found = set.get(place);
    return found === undefined || (found.until !== null && found.until <= now()) ? undefined : found;
  };
  async function refresh(): Promise<void> {
    set = new Map((await readSwitches(database)).map((each) => [each.place, each]));
  }

  // A store that is away is told by those who need it.
  const look = (): void => void refresh().catch(() => {});
  const timer = setInterval(look, pollMs).unref();
  look();

  return {
    get on() {
      return [...set.keys()].flatMap((place) => holds(place) ?? []);
    },
    keepDaysFor({ templateName, ownerGroups }) {
      if (set.size === 0) return undefined;
      const places = [WHOLE_GATEWAY, `template/${templateName ?? ''}`];
      for (const group of ownerGroups) places.push(`group/${group}`);
      const days = places.flatMap((place) => holds(place)?.keepDays ?? []);
      return days.length === 0 ? undefined : Math.min(...days);
    },
    withinMs: pollMs,
    refresh,
    close: () => clearInterval(timer),
  };
}

interface Row {
  place: string;
  until: Date | null;
  keep_days: number;
  set_by: string;
  set_at: Date;
}

/** All that were set, those that have run out too. */
export async function readSwitches(statements: Statements): Promise<ContentSwitch[]> {
  const rows = await statements.run<Row>(
    'content-logging-read',
    'select place, until, keep_days, set_by, set_at from content_logging order by place',
    [],
  );
  return rows.map((row) => ({
    place: row.place,
    until: row.until,
    keepDays: row.keep_days,
    setBy: row.set_by,
    setAt: row.set_at,
  }));
}

export async function switchOn(statements: Statements, set: ContentSwitch): Promise<void> {
  await statements.run(
    'content-logging-on',
    `insert into content_logging (place, until, keep_days, set_by, set_at) values ($1, $2, $3, $4, $5)
     on conflict (place) do update set until = excluded.until, keep_days = excluded.keep_days,
       set_by = excluded.set_by, set_at = excluded.set_at`,
    [set.place, set.until, set.keepDays, set.setBy, set.setAt],
  );
}

export async function switchOff(statements: Statements, place: string): Promise<void> {
  await statements.run('content-logging-off', 'delete from content_logging where place = $1', [place]);
}
