import { GatewayError } from '../../gateway/errors';
import type { AccountTerms } from '../../gateway/ledger/account-terms';
import { createRefusalMemory, type RefusalMemory } from '../../gateway/ledger/refusal-memory';
import type { RefusalReason } from '../../gateway/ledger/reservation';

describe('what stands against a key', () => {
  const start = performance.now();
  let clock: jest.SpyInstance<number>;
  let now: Date;
  let memory: RefusalMemory;
  beforeEach(() => {
    clock = jest.spyOn(performance, 'now').mockReturnValue(start);
    now = new Date(0);
    memory = createRefusalMemory(() => now);
  });
  afterEach(() => clock.mockRestore());

  const later = (ms: number) => clock.mockReturnValue(start + ms);
  const note = (reason: RefusalReason, { end, resetMs = 0 }: { end?: Date; resetMs?: number } = {}) =>
    memory.note(
      'key',
      {
        reason,
        account: { id: 'account', window: { end } } as unknown as AccountTerms,
        spent: 1,
        reserved: 0,
        budget: 2,
      },
      {
        error: new GatewayError('budget_exceeded'),
        rate: {
          requestLimit: 1,
          requestsLeft: 0,
          requestsResetMs: resetMs,
          tokenLimit: 1,
          tokensLeft: 0,
          tokensResetMs: resetMs,
        },
        fromCost: 5,
      },
    );
  const code = () => memory.standing('key')?.error.code;

  test('does so for longer than it is told without being asked, but for a minute at most', () => {
    note('budget');
    later(30_000);
    expect(memory.findFor('key', 5)).toBeUndefined();
    expect(code()).toBe('budget_exceeded');
    later(60_000);
    expect(code()).toBeUndefined();
  });

  test('ends with its window, and with the minute of its limit', () => {
    note('budget', { end: new Date(1_000) });
    expect(code()).toBe('budget_exceeded');
    now = new Date(1_000);
    expect(code()).toBeUndefined();
    note('requests', { resetMs: 2_000 });
    later(1_999);
    expect(code()).toBe('budget_exceeded');
    later(2_000);
    expect(code()).toBeUndefined();
  });

  test('is over when a call is admitted, or an administrator changes something', () => {
    note('budget');
    memory.noteAdmission('key');
    expect(code()).toBeUndefined();
    note('budget');
    memory.forget();
    expect(code()).toBeUndefined();
  });
});
