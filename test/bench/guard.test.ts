import { GUARDED, holdCase, KEPT, showVerdict, TOLERANCE } from '../../bench/guard';

/** Gives these ratios, one after the other. */
function measuring(...ratios: number[]): () => Promise<number> {
  return () => {
    const ratio = ratios.shift();
    if (ratio === undefined) throw new Error('it measured more often than there was need to');
    return Promise.resolve(ratio);
  };
}

test('a case within bounds is measured once, and one that came out worse again', async () => {
  expect(await holdCase(measuring(5.3), 'x', 4)).toMatchObject({ isHeld: true, ratios: [5.3] });
  expect(await holdCase(measuring(5.4, 9, 5.3), 'x', 4)).toMatchObject({ isHeld: true });
});

test('more than a third worse each time fails, and says what to do', async () => {
  const verdict = await holdCase(measuring(5.4, 5.4, 5.4), 'whole-1k', 4);
  expect(verdict.isHeld).toBe(false);
  const line = showVerdict(verdict);
  expect(line).toContain('5.40 x, 5.40 x, 5.40 x the bare relay, which is more than 5.33 x');
  expect(line).toContain('npm run bench:guard -- --write');
});

test('there is a figure for each case that is held, and for no other', () => {
  expect(TOLERANCE).toBeCloseTo(4 / 3);
  expect(Object.keys(KEPT)).toEqual(GUARDED.map(({ name }) => name));
  expect(GUARDED).toHaveLength(3);
  for (const ratio of Object.values(KEPT)) expect(ratio).toBeGreaterThan(1);
});
