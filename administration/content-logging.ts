/** For whom what is said goes to Langfuse: looking at it, switching it on and off. */
import { localTime } from '../terminal/figures';
import type { Column, FormatWords } from '../terminal/output';
import { begin, type Session } from './session';

interface Switch {
  readonly place: string;
  readonly until: string | null;
  readonly keep_days: number;
  readonly set_by: string;
  readonly set_at: string;
}

interface Standing {
  readonly possible: boolean;
  readonly on: readonly Switch[];
  readonly in_force_within: number;
}

const COLUMNS: readonly Column<Switch>[] = [
  { name: 'on for', value: ({ place }) => place, isWhole: true },
  {
    name: 'until',
    value: ({ until }) => until,
    shown: ({ until }) => (until === null ? 'switched off' : localTime(until)),
    isWhole: true,
  },
  { name: 'kept for days', value: ({ keep_days }) => keep_days },
  { name: 'by', value: ({ set_by }) => set_by },
  { name: 'since', value: ({ set_at }) => set_at, shown: ({ set_at }) => localTime(set_at), isWhole: true },
];

async function tell({ output }: Pick<Session, 'output'>, standing: Standing): Promise<void> {
  if (standing.on.length > 0 || output.format !== 'table')
    await output.result(standing, COLUMNS, standing.on);
  if (standing.on.length === 0)
    output.say('Content logging is off: nothing of what is said is kept or sent.');
  if (standing.on.length > 0 && !standing.possible)
    output.say(
      'The gateway that answered has no Langfuse, so it sends nothing: set LANGFUSE_HOST and its keys.',
    );
}

export async function show(words: FormatWords): Promise<void> {
  const session = begin(words);
  await tell(session, await session.client.get<Standing>('/content-logging'));
}

export interface OnWords extends FormatWords {
  readonly team?: string;
  readonly until?: string;
  readonly keepDays?: number;
}

const DURATION = /^[1-9]\d{0,5}[a-z]{1,2}$/;

export async function switchOn({ team, until, keepDays, ...words }: OnWords): Promise<void> {
  const session = begin(words, [team]);
  const end =
    until === undefined
      ? {}
      : DURATION.test(until)
        ? { duration: until }
        : { until: new Date(until).toISOString() };
  const standing = await session.client.post<Standing>('/content-logging/set', {
    on: true,
    ...(team === undefined ? {} : { team }),
    ...end,
    ...(keepDays === undefined ? {} : { keep_days: keepDays }),
  });
  await tell(session, standing);
  session.output.say(
    `Every process has it within ${standing.in_force_within} s. Developers see it in ai-usage, beside their workspace and in a header of each answer; tell them why.`,
  );
}

export interface OffWords extends FormatWords {
  readonly team?: string;
}

export async function switchOff({ team, ...words }: OffWords): Promise<void> {
  const session = begin(words, [team]);
  const standing = await session.client.post<Standing>('/content-logging/set', {
    on: false,
    ...(team === undefined ? {} : { team }),
  });
  await tell(session, standing);
  session.output.say(
    `Every process has it within ${standing.in_force_within} s. What Langfuse has by then stays there until it is deleted.`,
  );
}
