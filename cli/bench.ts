import type { Command } from 'commander';
import type * as Run from '../bench/run';
import type { BenchWords } from '../bench/options';
import { CASES, CONNECTIONS } from '../bench/cases';
import { does, newCommand, numberBetween } from '../terminal/command';

const MOST_SECONDS = 120;
const MOST_RATE = 100_000;

export const bench = (): Command =>
  does<BenchWords>(
    newCommand('bench', {
      summary: 'Measure what the gateway costs beyond handing calls through',
      description:
        'The gateway with everything on (real Postgres, keys, budgets, limits, prompt, ledger, log), a bare relay and a relay ' +
        `that parses and rewrites the JSON, by turns, over ${CONNECTIONS} connections on this machine, in front of a stand-in ` +
        'that answers at once. CPU is the measured process\'s own, in microseconds a request; "added" and "×" compare with ' +
        'the bare relay. Fails if a single answer is not 200 and whole.',
      examples: ['bench', 'bench --case whole-1k --seconds 10'],
      notes: () => `Cases: ${CASES.map(({ name }) => name).join(', ')}

Environment:
  BENCH_DATABASE_URL   a Postgres to keep accounts in, which is written to (an embedded one, which goes away)`,
    })
      .option('--case <name...>', 'only these cases')
      .option('--seconds <n>', 'for each of the three in each case', numberBetween(0.1, MOST_SECONDS), 4)
      .option(
        '--rate <n>',
        'calls a second of each, where it can; without it, each connection asks again at once. The same work takes more ' +
          'CPU when there is little of it, so this compares alike with alike',
        numberBetween(0.1, MOST_RATE),
      )
      .option('--profile', 'also say which parts of the gateway the time goes to')
      .option('--json <file>', 'write the figures there'),
    (_, words) => (require('../bench/run') as typeof Run).runBench(words),
  );
