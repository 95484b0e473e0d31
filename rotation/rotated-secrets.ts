/** The secrets that can be changed while everything runs, and in which order each of them is, as data. */

export const ROTATED = ['master', 'claim', 'key', 'database'] as const;
export type Rotated = (typeof ROTATED)[number];

/**
 * What every gateway process holds, as the secret in force and the one beside it. Two phases that follow each other may
 * hold side by side in different processes.
 *
 * - `accept`: the former one, and beside it the one that is to come.
 * - `switch`: the new one, and beside it the former one.
 * - `end`: the new one alone.
 */
export type Phase = 'accept' | 'switch' | 'end';

export interface RotatedSecret {
  /** Of the gateway. */
  readonly variable: string;
  readonly phases: readonly Phase[];
  /** What it is, for people. */
  readonly meaning: string;
  /** What is counted of those who still need the former one. */
  readonly counted: string;
}

export const ROTATED_SECRETS: Readonly<Record<Rotated, RotatedSecret>> = {
  master: {
    variable: 'GATEWAY_MASTER_KEY',
    // Nobody sends the new one before every process takes it.
    phases: ['switch', 'end'],
    meaning: 'master key',
    counted: 'kinds of callers who used the former one within a day',
  },
  claim: {
    variable: 'WORKSPACE_CLAIM_SECRET',
    // The template signs with it only afterwards.
    phases: ['switch', 'end'],
    meaning: 'claim secret',
    counted: 'workspaces whose newest claim is not signed with the new one',
  },
  key: {
    variable: 'GATEWAY_KEY_SECRET',
    // A process that does not know the new one would end the keys that others derive from it.
    phases: ['accept', 'switch', 'end'],
    meaning: 'key secret',
    counted: 'keys',
  },
  database: {
    variable: 'DATABASE_URL',
    // Between the first two the server takes another password.
    phases: ['accept', 'switch', 'end'],
    meaning: 'password of the database',
    counted: 'processes that the former one let in last',
  },
};

export const previousOf = (variable: string): string => `${variable}_PREVIOUS`;

/** Which of two values stands where. */
export const pairOf = <T>(phase: Phase, former: T, next: T): { readonly current: T; readonly beside?: T } =>
  phase === 'accept'
    ? { current: former, beside: next }
    : phase === 'switch'
      ? { current: next, beside: former }
      : { current: next };
