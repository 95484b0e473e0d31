import { runCases, WELL_ENDED } from './run-cases';

/** As for the rest of the mutated cases; of spellings there are twice as many. */
const CASES = Number(process.env['FUZZ_CASES'] ?? 100_000);
/** One for each core. */
const SEEDS = [Number(process.env['FUZZ_SEED'] ?? 1_207), Number(process.env['FUZZ_SEED'] ?? 1_207) + 1];

test(
  'however a client spells names and values, what is sent says what was decided, and is weighed as it is sent',
  async () => {
    const runs = await Promise.all(
      SEEDS.map((seed) => runCases({ cases: CASES / 2, targets: ['spellings'], seed: String(seed) })),
    );
    const all = runs.flatMap(({ results }) => results);
    expect(all.filter(({ fault }) => fault !== undefined)).toEqual([]);
    for (const run of runs) expect(run).toMatchObject(WELL_ENDED);
    for (const { cases = 0, taken = 0 } of all) expect(taken).toBeGreaterThan(cases / 2);
    expect(all.reduce((sum, { cases = 0 }) => sum + cases, 0)).toBeGreaterThanOrEqual(2 * CASES);
  },
  Math.max(600_000, CASES * 20),
);
