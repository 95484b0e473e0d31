/**
 * The policy: who may do what, for how much, and how an assistant has to behave.
 *
 * The only place that states scopes, budgets and floors. The template's client-side files and the gateway's
 * decisions are rendered from it; the gateway applies it at each request, so a change holds from then on.
 */
import type { Level } from './levels';

/**
 * Budget window, in the policy's time zone: a day, a week from Monday, a calendar month (30d, as in LiteLLM), or for
 * ever.
 */
export type BudgetDuration = '1d' | '7d' | '30d' | 'none';

export interface Budget {
  /** US dollars in one budget window. */
  readonly maxBudget: number;
  readonly budgetDuration: BudgetDuration;
}

/** What may be spent and asked for, over all gateway processes. */
export interface Allowance extends Budget {
  /** Requests a minute. */
  readonly rpmLimit: number;
  /** Uncached input plus output tokens a minute. */
  readonly tpmLimit: number;
  /** Calls under way at once. */
  readonly maxParallelRequests: number;
}

/** What a key of one kind may do. */
export interface Scope extends Allowance {
  /**
   * Gateway model names, or all of them. An alias stands for its family: the model that has it, and those whose
   * successor that one is. A name stands for its model and for successors that are no dearer.
   */
  readonly models: readonly string[] | 'all';
  /** Days after which a key dies, whatever else is known about its owner. */
  readonly maxAgeDays: number;
}

/** The least strict level that still applies; the strictest of all that match a person wins. */
export interface Floors {
  readonly everyone: Level;
  /** By template name. */
  readonly templates: Readonly<Record<string, Level>>;
  /** By Coder group name. */
  readonly groups: Readonly<Record<string, Level>>;
  /**
   * By Coder user id or user name, whatever the capitals. The gateway keeps a name's floor for everyone whom a
   * workspace start ever showed it with, also once renamed; who takes the freed name has it as well. Before the
   * first start it knows the id only.
   */
  readonly people: Readonly<Record<string, Level>>;
}

/** What the level `design-first` comes to, beside its prompt. */
export interface DesignFirst {
  /**
   * Whether the gateway keeps tools that change files or run commands from the model until it has proposed something.
   * docs/enforcement.md says how it tells, and what a client can do about it.
   */
  readonly withholdTools: boolean;
}

/** Budgets that many people share. Every one that a key comes under holds, beside the key's and its owner's own. */
export interface Teams {
  /** By template name: all workspaces made from it. */
  readonly templates: Readonly<Record<string, Budget>>;
  /** By Coder group name: all workspaces of its members. */
  readonly groups: Readonly<Record<string, Budget>>;
}

export const SCOPE_NAMES = ['workspace', 'user', 'ci', 'agent:review', 'agent:write'] as const;
export type ScopeName = (typeof SCOPE_NAMES)[number];

export interface Policy {
  /** Level of a key that names none, and of a workspace whose owner chose none. */
  readonly defaultLevel: Level;
  readonly floors: Floors;
  readonly designFirst: DesignFirst;
  /** Gateways a workspace may send its claim and key to; the first is the default. Origins, no path. */
  readonly gateways: readonly string[];
  /** Days a workspace claim is good for after its start build. */
  readonly claimMaxAgeDays: number;
  readonly scopes: Readonly<Record<ScopeName, Scope>>;
  /** Over all keys of one person, that is of one Coder user id. */
  readonly owner: Allowance;
  readonly teams: Teams;
  /**
   * Output tokens that a call may come to which names no limit of its own, at most what its model can write. So much is
   * set aside for it and asked for: less lets more calls go at once, and cuts longer answers off.
   */
  readonly defaultOutputTokens: number;
  /**
   * Per cent of a budget at which administrators are told, once in each window: of every key's, person's and team's. Whole
   * numbers from 1 to 100; none: they are not told.
   *
   * @default [50, 80, 100]
   */
  readonly budgetAlerts?: readonly number[];
  /** IANA name of the time zone at whose midnight budget windows open. */
  readonly timeZone: string;
  /** Days after which the ledger's single calls become daily sums. */
  readonly retentionDays: number;
}

export const policy: Policy = {
  defaultLevel: 'standard',
  floors: { everyone: 'unrestricted', templates: {}, groups: {}, people: {} },
  designFirst: { withholdTools: true },
  gateways: ['http://litellm:4000'],
  claimMaxAgeDays: 30,
  scopes: {
    workspace: {
      maxBudget: 10,
      budgetDuration: '1d',
      rpmLimit: 60,
      tpmLimit: 100_000,
      maxParallelRequests: 5,
      models: 'all',
      maxAgeDays: 30,
    },
    user: {
      maxBudget: 20,
      budgetDuration: '1d',
      rpmLimit: 100,
      tpmLimit: 200_000,
      maxParallelRequests: 10,
      models: 'all',
      maxAgeDays: 90,
    },
    ci: {
      maxBudget: 5,
      budgetDuration: '1d',
      rpmLimit: 30,
      tpmLimit: 50_000,
      maxParallelRequests: 3,
      models: ['claude-haiku'],
      maxAgeDays: 365,
    },
    'agent:review': {
      maxBudget: 15,
      budgetDuration: '1d',
      rpmLimit: 40,
      tpmLimit: 100_000,
      maxParallelRequests: 5,
      models: ['claude-sonnet', 'claude-haiku'],
      maxAgeDays: 365,
    },
    'agent:write': {
      maxBudget: 30,
      budgetDuration: '1d',
      rpmLimit: 60,
      tpmLimit: 200_000,
      maxParallelRequests: 10,
      models: 'all',
      maxAgeDays: 365,
    },
  },
  // More than one key's, so that a second workspace is of use; the budget is what bounds a person.
  owner: {
    maxBudget: 20,
    budgetDuration: '1d',
    rpmLimit: 200,
    tpmLimit: 400_000,
    maxParallelRequests: 20,
  },
  teams: { templates: {}, groups: {} },
  // What coding agents ask for that name one.
  defaultOutputTokens: 32_000,
  budgetAlerts: [50, 80, 100],
  timeZone: 'UTC',
  retentionDays: 30,
};
