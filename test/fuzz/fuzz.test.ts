import { runCases, WELL_ENDED } from './run-cases';

/** `npm run test:fuzz` runs many more. */
const CASES = Number(process.env['FUZZ_CASES'] ?? 100_000);

test(
  'whatever clients and providers send is answered or refused: no fault of ours, no end without a word, no growth',
  async () => {
    const targets = ['requests', 'streams', 'answers'];
    const { results, ...end } = await runCases({ cases: CASES, targets, seed: process.env['FUZZ_SEED'] });
    // Shown whole when it fails: the fault, the seed, and the smallest case that has it.
    expect(results.filter(({ fault }) => fault !== undefined)).toEqual([]);
    expect(end).toEqual(WELL_ENDED);
    expect(results.map(({ target }) => target)).toEqual(targets);
    // Most of the code is behind the first checks: what is refused at the door alone would try nothing.
    for (const { cases = 0, taken = 0 } of results) expect(taken).toBeGreaterThan(cases / 20);
    const run = results.reduce((sum, { cases = 0 }) => sum + cases, 0);
    expect(run).toBeGreaterThanOrEqual(CASES);
  },
  Math.max(600_000, CASES * 10),
);
