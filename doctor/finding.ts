/** What a check has found, and what a check is. */
import type { Facts } from './facts';

/** From what is well to what has to be mended; `not checked` is neither. */
export type Severity = 'ok' | 'not checked' | 'note' | 'warning' | 'fault';

export interface Found {
  readonly severity: Severity;
  /** A sentence without a full stop. */
  readonly says: string;
  /** @default - nothing */
  readonly whatToDo?: string;
}

export interface Finding extends Found {
  readonly check: string;
}

/** What a check cannot do without; `needs.ts` says how it is looked for, and what is said where it is not there. */
export type Need = 'gateway' | 'data' | 'platform' | 'engine' | 'coder' | 'completions';

export interface Check {
  readonly name: string;
  readonly needs?: readonly Need[];
  readonly find: (facts: Facts) => Promise<readonly Found[]> | readonly Found[];
}

export const ok = (says: string): Found => ({ severity: 'ok', says });
export const note = (says: string, whatToDo?: string): Found => found('note', says, whatToDo);
export const warning = (says: string, whatToDo: string): Found => found('warning', says, whatToDo);
export const fault = (says: string, whatToDo: string): Found => found('fault', says, whatToDo);
export const notChecked = (why: string, whatToDo?: string): Found => found('not checked', why, whatToDo);

const found = (severity: Severity, says: string, whatToDo?: string): Found => ({
  severity,
  says,
  ...(whatToDo === undefined ? {} : { whatToDo }),
});
