/**
 * ok: nothing to do · note: a push works, somebody should know · error: a push, a start or a secret would be lost
 */
export type State = 'ok' | 'note' | 'error';

/** What one check found. */
export interface Finding {
  /** What was looked at: `archive`, `secrets`. */
  readonly check: string;
  readonly state: State;
  /** What is right or wrong, in one sentence without a full stop. */
  readonly says: string;
  /** What to do. @default - nothing */
  readonly todo?: string;
  /** One line for each place. @default - none */
  readonly places?: readonly string[];
}

/** The folder under check and what was given with it. */
export interface Subject {
  readonly folder: string;
  /** Name the template is pushed under. */
  readonly name: string;
  /** YAML file with the values of variables. @default - none was given */
  readonly variablesFile?: string;
  /** Whether to make the lock file. */
  readonly makesLock: boolean;
}

export const ok = (check: string, says: string): Finding => ({ check, state: 'ok', says });
