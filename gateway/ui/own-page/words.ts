/** What the figures of an own page mean, in words for whoever works in the workspace. */
import { LEVEL_TEXTS, isLevel } from '../../../src/levels';

interface Level {
  readonly label: string;
  readonly means: string;
  readonly why: string;
}

const FLOORS: Readonly<Record<string, string>> = {
  person: 'laid down for you by your organisation, as the least',
  group: 'laid down for a group you are in, as the least',
  template: 'laid down for workspaces of this template, as the least',
  everyone: 'laid down for everyone, as the least',
};
const CHOSEN = 'chosen in the settings of the workspace';
const BY_DEFAULT = 'the default, since none was chosen';

/** @param floor kind of the floor that asks for it; undefined: none does */
export function wordsOfLevel(level: string, chosen: string | null, floor: string | undefined): Level {
  const { label, description } = isLevel(level) ? LEVEL_TEXTS[level] : { label: level, description: '' };
  const asked = floor === undefined ? undefined : FLOORS[floor];
  const own = chosen !== null && isLevel(chosen) && chosen !== level ? LEVEL_TEXTS[chosen].label : undefined;
  const why =
    asked === undefined
      ? chosen === null
        ? BY_DEFAULT
        : CHOSEN
      : `${asked}${own === undefined ? '' : `; you chose ${own}`}`;
  return { label, means: description, why };
}

/** Whether the text of calls is kept, and where: a person has to be able to see that. */
export const wordsOfKept = (isLogged: boolean): string =>
  isLogged
    ? 'An administrator has what you and the AI write sent to Langfuse, with secrets masked.'
    : 'None. The gateway keeps figures of each call, never what was asked or answered.';

const DURATIONS: Readonly<Record<string, string>> = { '1d': 'a day', '7d': 'a week', '30d': 'a month' };

export const wordsOfDuration = (duration: unknown): string => DURATIONS[String(duration)] ?? 'for good';

/** A moment in UTC, and in the zone of the workspace where that is another. */
export function momentIn(iso: unknown, zone: string | undefined): { iso: string; said: string } | undefined {
  if (typeof iso !== 'string' || Number.isNaN(Date.parse(iso))) return undefined;
  const at = new Date(iso);
  const utc = `${at.toISOString().slice(0, 10)} ${at.toISOString().slice(11, 16)} UTC`;
  if (zone === undefined) return { iso, said: utc };
  const local = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  // bounded: a date and a time of day
  const [date, time] = local.format(at).split(' ');
  const there = date === utc.slice(0, 10) ? time : `${date} ${time}`;
  return { iso, said: `${utc} (${there} ${zone})` };
}

/** Characters: the longest name of a zone has half of it. */
const LONGEST_ZONE = 64;

/** @returns undefined for UTC itself, and for what no zone is called */
export function zoneOf(text: string | null): string | undefined {
  if (text === null || text.length > LONGEST_ZONE) return undefined;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions();
    return ['UTC', 'Etc/UTC', 'GMT', 'Etc/GMT'].includes(timeZone) ? undefined : timeZone;
  } catch {
    return undefined;
  }
}
