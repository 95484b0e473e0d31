/** Limits that an administrator lays down for one key, person or budget, over what the policy says. */
import type { AllowanceDocument } from '../config/document';
import { toDollars, type NanoDollars } from '../ledger/money';
import type { BudgetDuration } from '../ledger/window';

/** Undefined: what comes next in line holds, in the end the policy. */
export interface Limits {
  readonly maxBudget?: NanoDollars;
  readonly budgetDuration?: BudgetDuration;
  readonly rpmLimit?: number;
  readonly tpmLimit?: number;
  readonly maxParallelRequests?: number;
}

/** The columns that a key, an owner and a budget have alike. */
export interface LimitsRow {
  max_budget_nano: string | number | null;
  budget_duration: BudgetDuration | null;
  rpm_limit: number | null;
  tpm_limit: number | null;
  max_parallel_requests: number | null;
}

export const LIMIT_COLUMNS = [
  'max_budget_nano',
  'budget_duration',
  'rpm_limit',
  'tpm_limit',
  'max_parallel_requests',
] as const;

/** Each limit from the first row that has it. */
export function readLimits(...rows: readonly (LimitsRow | null | undefined)[]): Limits {
  const first = <K extends keyof LimitsRow>(column: K): NonNullable<LimitsRow[K]> | undefined =>
    rows.map((row) => row?.[column]).find((value): value is NonNullable<LimitsRow[K]> => value != null);
  const budget = first('max_budget_nano');
  const duration = first('budget_duration');
  const rpm = first('rpm_limit');
  const tpm = first('tpm_limit');
  const parallel = first('max_parallel_requests');
  return {
    ...(budget === undefined ? {} : { maxBudget: Number(budget) }),
    ...(duration === undefined ? {} : { budgetDuration: duration }),
    ...(rpm === undefined ? {} : { rpmLimit: rpm }),
    ...(tpm === undefined ? {} : { tpmLimit: tpm }),
    ...(parallel === undefined ? {} : { maxParallelRequests: parallel }),
  };
}

/** The policy's allowance with those limits in the place of its own. */
export function withLimits<T extends AllowanceDocument>(allowance: T, limits: Limits): T {
  return {
    ...allowance,
    ...(limits.maxBudget === undefined ? {} : { max_budget: toDollars(limits.maxBudget) }),
    ...(limits.budgetDuration === undefined ? {} : { budget_duration: limits.budgetDuration }),
    ...(limits.rpmLimit === undefined ? {} : { rpm_limit: limits.rpmLimit }),
    ...(limits.tpmLimit === undefined ? {} : { tpm_limit: limits.tpmLimit }),
    ...(limits.maxParallelRequests === undefined
      ? {}
      : { max_parallel_requests: limits.maxParallelRequests }),
  };
}
