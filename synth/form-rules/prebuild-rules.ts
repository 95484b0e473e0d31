import type { JsonObject } from '../hcl/expressions';
import { literalText, nestedIn, shown, type Block } from './block';
import { cronFault, scheduleOf, type Schedule } from './cron';
import type { Rule } from './rule';

const about = 'data coder_workspace_preset';

/** Seconds a prebuild may live: an hour to a year. */
const TTL = { least: 3600, most: 31_536_000 };

const schedulings = (preset: Block): JsonObject[] =>
  preset.nested('prebuilds').flatMap(({ body }) => nestedIn(body, 'scheduling'));

const crons = (scheduling: JsonObject): string[] =>
  nestedIn(scheduling, 'schedule').flatMap(({ cron }) => literalText(cron) ?? []);

function cronProblem(cron: string): string | undefined {
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== 5) return `it has ${fields.length} fields, not 5`;
  if (fields[0] !== '*')
    return 'its minute must be "*", as it says when instances are kept, not when they begin';
  return cronFault(cron, 'minutes');
}

/** Whether two schedules share an hour; with days of the month they may be meant to take turns. */
function overlap(one: string, other: string): boolean {
  const [a, b] = [scheduleOf(one), scheduleOf(other)];
  const everyDay = [one, other].every((cron) => cron.trim().split(/\s+/)[2] === '*');
  if (a === undefined || b === undefined || !everyDay) return false;
  const shared = (field: number): boolean => [...(a[field] ?? [])].some((value) => has(b, field, value));
  return [1, 3, 4].every(shared);
}

const has = (schedule: Schedule, field: number, value: number): boolean =>
  schedule[field]?.has(value) === true;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return name === '' || name === 'Local';
  }
}

/** Workspaces that Coder builds before anybody asks for them. */
export const PREBUILD_RULES: readonly Rule[] = [
  {
    id: 'prebuild/ttl',
    about,
    check: (preset) =>
      preset
        .nested('prebuilds')
        .flatMap(({ body }) => nestedIn(body, 'expiration_policy'))
        .filter(({ ttl }) => typeof ttl === 'number' && ttl !== 0 && !(ttl >= TTL.least && ttl <= TTL.most))
        .map(
          ({ ttl }) =>
            `prebuilds.expiration_policy.ttl must be 0 or from ${TTL.least} to ${TTL.most} seconds, got ${shown(ttl)}: ` +
            'use 0 for no end',
        ),
  },
  {
    id: 'prebuild/cron',
    about,
    check: (preset) =>
      schedulings(preset)
        .flatMap(crons)
        .flatMap((cron) => {
          const problem = cronProblem(cron);
          return problem === undefined
            ? []
            : `prebuilds.scheduling.schedule.cron must be a schedule such as "* 8-18 * * 1-5", got ${shown(cron)}: ${problem}`;
        }),
  },
  {
    id: 'prebuild/time-zone',
    about,
    check: (preset) =>
      schedulings(preset)
        .flatMap(({ timezone }) => literalText(timezone) ?? [])
        .filter((name) => !isTimeZone(name))
        .map(
          (name) =>
            `prebuilds.scheduling.timezone must be a time zone such as "Europe/Berlin", got ${shown(name)}: use "UTC"`,
        ),
  },
  {
    id: 'prebuild/overlap',
    about,
    check: (preset) =>
      schedulings(preset).flatMap((scheduling) => {
        const all = crons(scheduling);
        return all.flatMap((cron, i) => {
          const other = all.slice(0, i).find((one) => overlap(one, cron));
          return other === undefined
            ? []
            : `prebuilds.scheduling.schedule must not overlap, got ${shown(other)} and ${shown(cron)}: ` +
                'give each its own hours or days';
        });
      }),
  },
];
