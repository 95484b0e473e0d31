/**
 * Runs the mutated cases and says how it went, as one line of JSON for each target.
 *
 *   node --import tsx test/fuzz/main.ts [--cases N] [--seed S] [--target NAME … [--case JSON]]
 *
 * It runs in a process of its own: a crash, a loop without end or memory without bound ends this process, and whoever
 * started it can tell. `progress` lines say how far it is. `--case` runs one again, as a failure shows it.
 */
import { inspect, parseArgs } from 'node:util';
import fc from 'fast-check';
import { answers } from './answers';
import { requests } from './requests';
import { spellings } from './spellings';
import { streams } from './streams';
import type { Target } from './target';

interface Share {
  readonly target: Target<never>;
  /** Runs for each case that is asked for. */
  readonly share: number;
}

const erased = <Case>(target: Target<Case>): Target<never> => target as unknown as Target<never>;

const SHARES: readonly Share[] = [
  { target: erased(requests), share: 0.4 },
  { target: erased(streams), share: 0.2 },
  { target: erased(answers), share: 0.4 },
  { target: erased(spellings), share: 2 },
];

/** Cases between two lines about the progress. */
const STEP = 1_000;
/** Characters of a failed case that are shown. */
const LONGEST_SHOWN = 6_000;

const { values } = parseArgs({
  options: {
    cases: { type: 'string' },
    seed: { type: 'string' },
    target: { type: 'string', multiple: true },
    case: { type: 'string' },
  },
});
const cases = Number(values.cases ?? 100_000);
const seed = Number(values.seed ?? 20_261_121);

const say = (line: Readonly<Record<string, unknown>>): void =>
  void process.stdout.write(`${JSON.stringify(line)}\n`);

function run({ target, share }: Share): boolean {
  const numRuns = Math.ceil(cases * share);
  const startedAt = performance.now();
  let count = 0;
  let taken = 0;
  let slowestMs = 0;
  const property = fc.property(target.cases, (one) => {
    const begin = performance.now();
    if (target.check(one)) taken += 1;
    slowestMs = Math.max(slowestMs, performance.now() - begin);
    count += 1;
    if (count % STEP === 0) say({ progress: target.name, count });
  });
  const outcome = fc.check(property, { seed, numRuns });
  const [failed] = outcome.counterexample ?? [];
  say({
    target: target.name,
    cases: count,
    taken,
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
    slowest_ms: Math.round(slowestMs),
    ...(outcome.failed
      ? {
          seed,
          fault: inspect(outcome.errorInstance, { depth: 4 }),
          failed_case: JSON.stringify(failed),
          shown: failed === undefined ? '' : JSON.stringify(target.show(failed)).slice(0, LONGEST_SHOWN),
        }
      : {}),
  });
  return !outcome.failed;
}

/** Shows one case and what comes of it. */
function runAgain({ target }: Share, text: string): boolean {
  const one = JSON.parse(text) as never;
  say({ target: target.name, ...target.show(one) });
  say({ taken: target.check(one) });
  return true;
}

// Most cases are refused by what is thrown, and a trace costs more than the refusal. A failed case is run again for it.
if (values.case === undefined) Error.stackTraceLimit = 0;

const wanted = SHARES.filter(
  ({ target }) => values.target === undefined || values.target.includes(target.name),
);
const again = values.case;
const results = wanted.map((one) => (again === undefined ? run(one) : runAgain(one, again)));
process.exitCode = results.every(Boolean) ? 0 : 1;
