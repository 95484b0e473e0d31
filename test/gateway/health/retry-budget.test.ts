import { createRetryBudget } from '../../../gateway/health/retry-budget';

test('attempts beyond the first are a fifth of the calls, and ten a second besides', () => {
  let time = 0;
  const budget = createRetryBudget(() => time);
  const takeAll = (): number => {
    let taken = 0;
    while (budget.take()) taken += 1;
    return taken;
  };
  // What is saved up for the moment at which a deployment fails under many calls.
  expect(takeAll()).toBe(100);
  for (let call = 0; call < 50; call += 1) budget.noteCall();
  expect(takeAll()).toBeGreaterThanOrEqual(9);
  expect(takeAll()).toBe(0);
  time += 2_000;
  expect(takeAll()).toBeLessThanOrEqual(21);
  // However long it was quiet, an outage is met with no more than was saved up at most.
  time += 3_600_000;
  expect(takeAll()).toBe(100);
});
