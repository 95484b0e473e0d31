/** How much the log says: what holds, and setting it for a while. */
import { LOG_LEVELS, type LogLevel } from '../log';
import { readLevel, writeLevel, type SetLevel } from '../log-level';
import type { Services } from '../services';
import { change, endpoint } from './endpoint';
import { answer, count, input, orNull, string, time } from './json-schema';

const LEVEL = { type: 'string', enum: LOG_LEVELS } as const;

const STANDING = {
  level: { ...LEVEL, description: 'Least level that is logged.' },
  usual: { ...LEVEL, description: 'What LOG_LEVEL of the process that answers says.' },
  until: { ...orNull(time), description: 'When the usual one holds again; null where it holds.' },
  set_by: orNull(string),
  /** Seconds after which every process has what is set. */
  in_force_within: count,
} as const;

const DEFAULT_MINUTES = 60;
/** A day: whoever needs more of the log for longer sets LOG_LEVEL. */
const MOST_MINUTES = 1_440;

function standing({ logLevel }: Services) {
  const { set, usual, withinMs } = logLevel;
  return {
    level: set?.level ?? usual,
    usual,
    until: set?.until.toISOString() ?? null,
    set_by: set?.setBy ?? null,
    in_force_within: Math.ceil(withinMs / 1_000),
  };
}

export const show = endpoint({
  method: 'GET',
  paths: ['/log/level'],
  tag: 'log',
  summary: 'Least level that is logged, and until when.',
  role: 'viewer',
  input: input({}),
  answer: answer(STANDING),
  async handle({ services }) {
    await services.logLevel.refresh();
    return standing(services);
  },
});

interface LevelInput {
  readonly level: LogLevel | null;
  readonly minutes?: number;
}

export const set = endpoint<LevelInput>({
  method: 'POST',
  paths: ['/log/level/set'],
  tag: 'log',
  summary:
    'Sets the least level that is logged, in every process, for so many minutes (60); null takes it back to what LOG_LEVEL says.',
  role: 'admin',
  input: input(
    {
      level: { ...orNull(LEVEL), description: 'Null: what LOG_LEVEL says.' },
      minutes: { type: 'integer', minimum: 1, maximum: MOST_MINUTES },
    },
    ['level'],
  ),
  answer: answer(STANDING),
  async handle(call) {
    const { services, admin } = call;
    const { level, minutes = DEFAULT_MINUTES } = call.input;
    const until = new Date(services.now().getTime() + minutes * 60_000);
    const set = level === null ? undefined : { level, until, setBy: admin.name };
    await change(call, async (transaction) => {
      const before = await readLevel(transaction);
      await writeLevel(transaction, set);
      await transaction.note({
        action: 'log/level/set',
        target: 'log',
        before: view(before),
        after: view(set),
      });
    });
    await services.logLevel.refresh();
    return standing(services);
  },
});

const view = (set: SetLevel | undefined) =>
  set === undefined ? null : { level: set.level, until: set.until.toISOString() };
