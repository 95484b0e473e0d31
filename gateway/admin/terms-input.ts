/** Limits as the admin API takes them, for keys, users and budgets alike, and the columns they become. */
import { GatewayError } from '../errors';
import { toNano } from '../ledger/money';
import type { RaiseChange } from './accounts';
import { budgetDuration, limit, orNull, text, usd, type JsonSchema } from './json-schema';

/** Null clears the limit: what comes next in line holds, in the end the policy. */
export const TERMS_FIELDS: Readonly<Record<string, JsonSchema>> = {
  max_budget: orNull(usd),
  budget_duration: orNull(budgetDuration),
  rpm_limit: orNull(limit),
  tpm_limit: orNull(limit),
  max_parallel_requests: orNull(limit),
};

export const RAISE_FIELDS: Readonly<Record<string, JsonSchema>> = {
  temp_budget_increase: orNull({
    ...usd,
    description: 'US dollars on top of the budget, until temp_budget_expiry.',
  }),
  temp_budget_expiry: orNull({ ...text('A time, or a duration from now: "2026-12-01T00:00:00Z", "24h".') }),
};

export interface TermsInput {
  readonly max_budget?: number | null;
  readonly budget_duration?: string | null;
  readonly rpm_limit?: number | null;
  readonly tpm_limit?: number | null;
  readonly max_parallel_requests?: number | null;
}

export interface RaiseInput {
  readonly temp_budget_increase?: number | null;
  readonly temp_budget_expiry?: string | null;
}

/** Undefined where nothing was said. */
export function termsColumns(input: TermsInput) {
  const { max_budget, budget_duration, rpm_limit, tpm_limit, max_parallel_requests } = input;
  return {
    max_budget_nano: max_budget == null ? max_budget : toNano(max_budget),
    // Of our own by now: `fitWindows`.
    budget_duration: budget_duration as '1d' | '7d' | '30d' | 'none' | null | undefined,
    rpm_limit,
    tpm_limit,
    max_parallel_requests,
  };
}

/** A raise without an end would be a budget; an end without a raise says nothing. Undefined: nothing was said. */
export function readRaise(input: RaiseInput, now: Date): RaiseChange | undefined {
  const { temp_budget_increase: increase, temp_budget_expiry: expiry } = input;
  if (increase === undefined && expiry == null) return undefined;
  if (increase === null || increase === 0) return { raise: null };
  if (increase === undefined || expiry == null)
    throw invalid('temp_budget_expiry', 'temp_budget_increase and temp_budget_expiry belong together.');
  const until = timeOrDuration(expiry, now);
  if (until <= now) throw invalid('temp_budget_expiry', 'temp_budget_expiry must lie in the future.');
  return { raise: { amount: toNano(increase), until } };
}

const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  mo: 30 * 86_400_000,
};

/** Milliseconds of "30m", "12h", "90d"; undefined when it is none. */
export function durationMs(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d{1,6})(s|mo|m|h|d|w)$/.exec(text) ?? [];
  const factor = UNITS[unit];
  return factor === undefined ? undefined : Number(amount) * factor;
}

function timeOrDuration(text: string, now: Date): Date {
  const ms = durationMs(text);
  if (ms !== undefined) return new Date(now.getTime() + ms);
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(Date.parse(text))) return new Date(text);
  throw invalid('temp_budget_expiry', 'temp_budget_expiry must be a time or a duration, as "24h".');
}

/** When a key of that duration ends; null: as long as the policy allows. */
export function expiryOf(duration: string | null | undefined, now: Date): Date | null {
  const ms = duration == null ? undefined : durationMs(duration);
  return ms === undefined ? null : new Date(now.getTime() + ms);
}

export const invalid = (param: string, message: string): GatewayError =>
  new GatewayError('request_invalid', { param, message });
