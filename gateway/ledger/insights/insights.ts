/** What insights are, as the page, the admin API and the command line have them: shares are 0 to 1, money is US dollars. */
import type { BudgetFinding } from './budget-use';
import type { InsightDefinition, InsightId } from './definitions';
import type { IdleKey } from './read-figures';

export interface Tasks {
  readonly tasks: number;
  /** Sessions of which no call was answered. */
  readonly unanswered: number;
  /** Tasks with a retry. */
  readonly retried: number;
  readonly calls: number;
  readonly retries: number;
  readonly tokens: number;
  readonly tokensPerTask: number | null;
  /** US dollars. */
  readonly costPerTask: number | null;
  readonly retryRate: number | null;
}

export interface TeamRow {
  readonly letter: string;
  readonly name: string | null;
  readonly isOwn: boolean;
  readonly people: number;
  readonly tasks: number;
  readonly tokensPerTask: number | null;
  readonly retryRate: number | null;
  readonly modelMatch: number | null;
  readonly errorRate: number | null;
  readonly cacheHitRate: number | null;
}

export interface NamedFinding extends BudgetFinding {
  readonly name: string;
}

/** By insight, what there is beside its first figure. */
export interface Details {
  readonly tokens_per_task: Tasks & {
    /** Of all calls: how many are of a task. */
    readonly inTasks: number | null;
    readonly byDay: readonly {
      readonly day: string;
      readonly tasks: number;
      readonly tokensPerTask: number | null;
    }[];
  };
  readonly retry_rate: Pick<Tasks, 'tasks' | 'retried' | 'calls' | 'retries'>;
  readonly model_match: {
    readonly calls: number;
    readonly misfits: readonly {
      readonly model: string;
      readonly instead: string;
      readonly calls: number;
      readonly spend: number;
      readonly insteadSpend: number;
    }[];
    /** What the cheaper models would have saved. */
    readonly saving: number;
  };
  readonly error_rate: { readonly calls: number; readonly failedCalls: number };
  readonly budget_utilization: {
    /** Null: they have not been looked at yet. */
    readonly asOf: string | null;
    readonly lookedAt: number;
    readonly tight: number;
    readonly unused: number;
    readonly utilization: number | null;
    readonly findings: readonly NamedFinding[];
  };
  readonly cache_hit_rate: {
    readonly readTokens: number;
    readonly cachedTokens: number;
    readonly saved: number;
  };
  readonly peak_hours: {
    readonly from: string;
    readonly days: number;
    readonly hours: readonly number[];
    readonly share: number | null;
  };
  readonly idle_keys: {
    readonly living: number;
    readonly idle: number;
    /** The oldest of them. */
    readonly keys: readonly (Omit<IdleKey, 'since' | 'lastUsed'> & {
      readonly since: string;
      readonly lastUsed: string | null;
    })[];
  };
  readonly new_people: {
    readonly fresh: (Tasks & { readonly people: number }) | null;
    readonly experienced: (Tasks & { readonly people: number }) | null;
  };
  readonly teams: { readonly hidden: number; readonly rows: readonly TeamRow[] };
}

export interface Figure {
  /** Null: there is nothing to compute it from, or it is withheld. */
  readonly value: number | null;
  /** In as many days just before; null where there is none such, and where it is not looked at. */
  readonly before: number | null;
}

export type Insight = {
  readonly [Id in InsightId]: InsightDefinition &
    Figure & { readonly id: Id; readonly says: string; readonly details: Details[Id] | null };
}[InsightId];

export interface Insights {
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  readonly team: string | null;
  /** Calls that ended up to then are in the figures. */
  readonly asOf: string | null;
  /** Whether old days are in them, which are added again after an upgrade. */
  readonly isWhole: boolean;
  /** Who made a call. */
  readonly people: number;
  /** The team is too small, or would tell of one that is. */
  readonly isWithheld: boolean;
  readonly insights: readonly Insight[];
}
