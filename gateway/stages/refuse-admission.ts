/** What a call is told that a budget or a limit has no room for: which one, how much, until when, and what to do. */
import type { CallContext } from '../call-context';
import type { BudgetStatus } from '../config/variable-values';
import { GatewayError } from '../errors';
import type { AccountTerms } from '../ledger/account-terms';
import { showDollars, type NanoDollars } from '../ledger/money';
import type { StandingRefusal } from '../ledger/refusal-memory';
import type { Refusal } from '../ledger/reservation';

/** Refuses, before a byte of the body is read, a key that was refused a moment ago for what holds for any call. */
export function refuseStanding(call: CallContext): void {
  refuseAgain(call, call.services.refusals.find(call.key.id));
}

export function refuseAgain(call: CallContext, standing: StandingRefusal | undefined): void {
  if (standing === undefined) return;
  call.rate = standing.rate;
  throw standing.error;
}

/** @param leastCost what the call may cost at least; for a budget, more than is left of it */
export function refuseAdmission(call: CallContext, refusal: Refusal, leastCost: NanoDollars): never {
  const { key, services, rate } = call;
  const error = describe(call, refusal, leastCost);
  const isAnyCall = refusal.reason !== 'budget' || (isUsedUp(refusal) && !mayCallForNothing(call));
  // Other calls of the key do not come under the run's cap.
  if (refusal.account.kind !== 'run')
    services.refusals.note(key.id, refusal, { error, rate, fromCost: isAnyCall ? undefined : leastCost });
  throw error;
}

const isUsedUp = ({ spent, budget }: Refusal): boolean => spent >= budget;

/** Whether the key has a model that costs nothing, which no budget is too small for. */
const mayCallForNothing = ({ entitlement }: CallContext): boolean =>
  entitlement.models.some(({ deployments }) =>
    deployments.some(({ price }) => price.input * price.output === 0),
  );

function describe(call: CallContext, refusal: Refusal, leastCost: NanoDollars): GatewayError {
  switch (refusal.reason) {
    case 'closed':
      return new GatewayError('key_closed');
    case 'budget':
      if (refusal.account.kind === 'run') return runExhausted(refusal, leastCost);
      return budgetExceeded(refusal, leastCost, call.services.settings.budgetStatus);
    case 'requests':
      return rateLimited(refusal, {
        type: 'requests',
        limit: `${refusal.account.limits?.requests} requests a minute`,
        waitMs: call.rate?.requestsResetMs,
      });
    case 'tokens':
      return rateLimited(refusal, {
        type: 'tokens',
        limit: `${refusal.account.limits?.tokens} tokens a minute (input that is not read from or written to the prompt cache, plus output)`,
        waitMs: call.rate?.tokensResetMs,
      });
    case 'parallel':
      return rateLimited(refusal, {
        type: 'max_parallel_requests',
        limit: `${refusal.account.limits?.parallel} calls at once`,
        waitMs: undefined,
      });
  }
}

function budgetExceeded(
  { account, spent, reserved, budget }: Refusal,
  leastCost: NanoDollars,
  status: BudgetStatus,
): GatewayError {
  const parts = [
    `Budget has been exceeded! ${holderOf(account)} Current cost: ${showDollars(spent)}, Max budget: ${showDollars(budget)}.`,
    reserved > 0 ? `${showDollars(reserved)} is set aside for calls under way.` : '',
    spent < budget ? `This call may cost ${showDollars(leastCost)} or more.` : '',
    account.window.end
      ? `The budget resets at ${account.window.end.toISOString()}.`
      : 'The budget does not reset.',
    'An administrator can raise it.',
  ];
  return new GatewayError('budget_exceeded', {
    message: parts.filter((part) => part !== '').join(' '),
    status,
  });
}

function runExhausted({ account, spent, reserved, budget }: Refusal, leastCost: NanoDollars): GatewayError {
  return new GatewayError('run_budget_exceeded', {
    message: [
      `The cap of run ${account.name} has no room for this call: ${showDollars(spent)} of ${showDollars(budget)} are spent${reserved > 0 ? `, ${showDollars(reserved)} set aside for calls under way` : ''}, and it may cost ${showDollars(leastCost)} or more.`,
      'Open another run, with a higher max_cost_usd if need be.',
    ].join(' '),
  });
}

/**
 * There is money, but calls under way hold it.
 *
 * @param refusal the last one that is known
 */
export function budgetHeld(refusal: Refusal | undefined, leastCost: NanoDollars): GatewayError {
  if (refusal === undefined) return new GatewayError('budget_held');
  const { account, spent, reserved, budget } = refusal;
  return new GatewayError('budget_held', {
    message: [
      'The budget has room, but calls under way hold it.',
      `${holderOf(account)} Current cost: ${showDollars(spent)}, set aside for calls under way: ${showDollars(reserved)}, Max budget: ${showDollars(budget)}.`,
      `This call may cost ${showDollars(leastCost)} or more.`,
      'Wait for some of them to end, as long as retry-after says.',
    ].join(' '),
  });
}

/** LiteLLM's words for the key, so that people and scripts find what they look for. */
function holderOf({ kind, name }: AccountTerms): string {
  if (kind === 'key') return `Key=${name}`;
  if (kind === 'run') return `Run=${name}`;
  return kind === 'owner' ? `User=${name} (all keys together)` : `Team=${name} (all its workspaces together)`;
}

interface Limit {
  readonly type: 'requests' | 'tokens' | 'max_parallel_requests';
  readonly limit: string;
  /** Undefined: until a call under way ends. */
  readonly waitMs: number | undefined;
}

/** The key has as many calls under way as it may have. */
export const tooManyAtOnce = (most: number): GatewayError =>
  limitReached('this key', {
    type: 'max_parallel_requests',
    limit: `${most} calls at once`,
    waitMs: undefined,
  });

/** Seconds after which a call that waits for another to end may as well ask again. */
const SHORT_WAIT = 1;

const rateLimited = ({ account }: Refusal, limit: Limit): GatewayError =>
  limitReached(account.kind === 'key' ? 'this key' : 'all keys of its owner together', limit);

function limitReached(whose: string, { type, limit, waitMs }: Limit): GatewayError {
  const seconds = waitMs === undefined ? SHORT_WAIT : Math.max(1, Math.ceil(waitMs / 1000));
  const resetAt = new Date(Date.now() + seconds * 1000).toISOString();
  const when =
    waitMs === undefined ? 'Wait for one of them to end.' : `The limit resets at ${resetAt}; try again then.`;
  return new GatewayError('rate_limited', {
    message: `Rate limit exceeded for ${whose}: ${limit}. Limit type: ${type}. ${when}`,
    headers: { 'retry-after': String(seconds), rate_limit_type: type, reset_at: resetAt },
  });
}
