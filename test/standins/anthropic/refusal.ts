import type { Call } from './call';

/** One thing the real API refuses. Rules are asked in order; each may rely on those before it having passed. */
export interface Refusal {
  readonly id: string;
  readonly status: number;
  /** `error.type` of the answer. */
  readonly type: string;
  /** For people: what is refused. */
  readonly rule: string;
  /** The message of the refusal, naming the path of the fault; undefined when there is none. */
  readonly check: (call: Call) => string | undefined;
}

/** A rule of the usual kind: 400, invalid_request_error. */
export function refuse(id: string, rule: string, check: Refusal['check']): Refusal {
  return { id, status: 400, type: 'invalid_request_error', rule, check };
}

/** The first defined result. */
export function first<T>(items: readonly T[], check: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const fault = check(item);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
