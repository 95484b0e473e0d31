/** How the gateway stands with Coder: its version and clock, the last look, and the groups that terms name. */
import { buildInfo } from '../../coder/build-info';
import { createCoderClient } from '../../coder/client';
import { NOBODY } from '../../coder/groups-warning';
import { describeCoder } from '../../coder/standing';
import { namedGroups } from '../../config/named-groups';
import type { Services } from '../../services';

interface Poll {
  readonly started: string | null;
  readonly finished: string | null;
  readonly outcome: string | null;
}

const LAST_LOOK = `
select case when started_at > '-infinity' then round(extract(epoch from clock_timestamp() - started_at)) end as started,
  round(extract(epoch from clock_timestamp() - finished_at)) as finished, outcome
from coder_poll`;

const MOST_GROUPS = 50;

export async function coderState(services: Services) {
  const { settings, database, coderStanding, documents, now } = services;
  const { coderUrl: url, coderToken: token } = settings;
  const groups = namedGroups(documents.current.document).slice(0, MOST_GROUPS);
  if (url === undefined) return { url: null, groups };
  const before = now().getTime();
  const build = await buildInfo(url);
  const between = (before + now().getTime()) / 2;
  const [poll] = await database.run<Poll>('site-coder-poll', LAST_LOOK, []);
  const seconds = (text: string | null | undefined): number | null => (text == null ? null : Number(text));
  return {
    url,
    has_token: token !== undefined,
    version: build?.version ?? null,
    /** Seconds by which its clock is ahead of the gateway's; it tells whole seconds only. */
    clock_ahead: build?.at === undefined ? null : (build.at.getTime() + 500 - between) / 1_000,
    standing: describeCoder(coderStanding),
    poll_seconds: settings.coderPollSeconds,
    /** Seconds since the last look began, and since one was done. */
    looked: seconds(poll?.started),
    done: seconds(poll?.finished),
    outcome: poll?.outcome ?? null,
    groups,
    has_groups: groups.length === 0 || token === undefined ? null : await hasGroups(url, token),
  };
}

/** Null: Coder does not say. */
async function hasGroups(url: string, token: string): Promise<boolean | null> {
  const told = await createCoderClient(url)
    .groupsOf(token, NOBODY)
    .catch(() => undefined);
  return told === undefined ? null : told !== 'not-offered';
}
