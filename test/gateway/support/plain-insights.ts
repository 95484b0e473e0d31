/** Insights by plain additions over every call, by other means than the store's. */

// Its clocks are three quarters of an hour beside whole ones, and were put forward in the days that are looked at.
export const ZONE = 'Pacific/Chatham';
const WEEK_MS = 7 * 86_400_000;

export interface Call {
  readonly finished_at: Date;
  readonly key_id: string;
  readonly template_name: string | null;
  readonly model: string;
  readonly deployment: string | null;
  readonly status: number;
  readonly session: string | null;
  readonly input: number;
  readonly output: number;
  readonly cache_write: number;
  readonly cache_read: number;
  readonly cost: number;
}
export interface Key {
  readonly id: string;
  readonly owner_id: string;
  readonly template_name: string | null;
  readonly created_at: Date;
}

export const sumOf = <T>(all: readonly T[], figure: (each: T) => number): number =>
  all.reduce((total, each) => total + figure(each), 0);
export const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
const readOf = (call: Call): number => call.input + call.cache_write + call.cache_read;
const DATES = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE });
const HOURS = new Intl.DateTimeFormat('en-US', { timeZone: ZONE, hour: 'numeric', hourCycle: 'h23' });
const dates = new Map<number, string>();
/** Asked for the same calls again and again. */
function dateOf(at: Date): string {
  const known = dates.get(at.getTime()) ?? DATES.format(at);
  dates.set(at.getTime(), known);
  return known;
}

function hoursOf(calls: readonly Call[]): number[] {
  const hours = new Array<number>(24).fill(0);
  for (const { finished_at: at } of calls) {
    const hour = Number(HOURS.format(at));
    hours[hour] = (hours[hour] ?? 0) + 1;
  }
  return hours;
}

/** By plain additions: sessions by their first call, calls by their own day. */
export function plainly(
  calls: readonly Call[],
  keys: readonly Key[],
  first: string,
  last: string,
  team?: string,
) {
  const inDays = (at: Date): boolean => dateOf(at) >= first && dateOf(at) <= last;
  const isOf = (call: Call): boolean => team === undefined || (call.template_name ?? '') === team;
  const own = calls.filter((call) => inDays(call.finished_at) && isOf(call));
  const firstKeys = new Map<string, number>();
  for (const { owner_id, created_at } of keys)
    firstKeys.set(owner_id, Math.min(firstKeys.get(owner_id) ?? Infinity, created_at.getTime()));
  const ownerOf = new Map(keys.map(({ id, owner_id }) => [id, owner_id]));
  const sessions = new Map<string, Call[]>();
  for (const call of calls) {
    if (call.session === null) continue;
    const id = `${call.key_id} ${call.session}`;
    const session = sessions.get(id) ?? [];
    session.push(call);
    sessions.set(id, session);
  }
  const begun = [...sessions.values()].filter(([one]) => one && inDays(one.finished_at) && isOf(one));
  const tasks = begun.filter((each) => each.some(({ status }) => status < 400));
  const of = (some: readonly (readonly Call[])[]) => {
    const all = some.flat();
    const failed = all.filter(({ status }) => status >= 400).length;
    const tokens = sumOf(all, (call) => readOf(call) + call.output);
    return {
      tasks: some.length,
      retried: some.filter((each) => each.some(({ status }) => status >= 400)).length,
      calls: all.length,
      retries: failed,
      tokens,
      tokensPerTask: share(tokens, some.length),
      costPerTask: share(sumOf(all, ({ cost }) => cost) / 1e9, some.length),
      retryRate: share(failed, all.length),
    };
  };
  const isNew = ([one]: readonly Call[]): boolean =>
    one !== undefined &&
    one.finished_at.getTime() - (firstKeys.get(ownerOf.get(one.key_id) ?? '') ?? 0) < 4 * WEEK_MS;
  const answered = own.filter(({ status }) => status < 400);
  const small = answered.filter(
    (call) => readOf(call) < 4_096 && call.output < 256 && /^model-[0123]$/.test(call.model),
  );
  return {
    tasks: of(tasks),
    unanswered: begun.length - tasks.length,
    inTasks: share(tasks.flat().length, own.length),
    fresh: of(tasks.filter(isNew)),
    experienced: of(tasks.filter((each) => !isNew(each))),
    calls: own.length,
    failed: own.length - answered.length,
    read: sumOf(own, readOf),
    cached: sumOf(own, ({ cache_read }) => cache_read),
    // Dollars a million tokens; what cached tokens cost less, and written ones more.
    saved:
      sumOf(own, ({ model, cache_read, cache_write }) =>
        /^model-[0123]$/.test(model)
          ? cache_read * 13.5 - cache_write * 3.75
          : /^model-[456]$/.test(model)
            ? cache_read * 0.9 - cache_write * 0.25
            : /^model-[789]$/.test(model)
              ? cache_read * 1.8 + cache_write * 0.65
              : 0,
      ) / 1e6,
    answered: answered.length,
    small: small.length,
    smallCost: sumOf(small, ({ cost }) => cost) / 1e9,
    smallInstead:
      sumOf(small, (call) => call.input + call.output * 4 + call.cache_write * 1.25 + call.cache_read * 0.1) /
      1e6,
    hours: hoursOf(own),
    people: new Map(
      [...new Set(own.map(({ template_name }) => template_name ?? ''))].map((name) => [
        name,
        new Set(
          own.filter((call) => (call.template_name ?? '') === name).map(({ key_id }) => ownerOf.get(key_id)),
        ).size,
      ]),
    ),
  };
}
