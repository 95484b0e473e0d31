/** An account of its own for one run at the gateway: every call is charged to it as well, and none goes beyond its cap. */
import { UsageError } from '../../terminal/fault';
import { Refusal, type Client } from './client';

export interface RunAccount {
  readonly id: string;
  /** US dollars. */
  readonly cap: number;
}

/** What a run may cost where nobody says it, in US dollars. */
export const USUAL_CAP = 0.5;

/** The header that a call names its run in. */
export const RUN_HEADER = 'x-gateway-run';
/** Refusals of what goes beyond the cap, and of what comes after the run's time. */
export const RUN_EXHAUSTED = 'run_budget_exceeded';
export const RUN_ENDED = 'run_ended';

/**
 * @param cap US dollars that somebody asked for. @default - the usual one, where the gateway has such accounts
 * @returns undefined: the gateway has none, and nobody asked for a cap
 * @throws UsageError when a cap was asked for that cannot be held
 */
export async function openRun(client: Client, cap: number | undefined): Promise<RunAccount | undefined> {
  try {
    const { json } = await client.post('/v1/runs', { max_cost_usd: cap ?? USUAL_CAP });
    const { id, max_cost_usd: held } = (json ?? {}) as { id?: unknown; max_cost_usd?: unknown };
    if (typeof id === 'string' && /^[\w.-]{1,200}$/.test(id))
      return { id, cap: typeof held === 'number' ? held : (cap ?? USUAL_CAP) };
  } catch (fault) {
    if (!(fault instanceof Refusal) || fault.status !== 404) throw fault;
  }
  if (cap === undefined) return undefined;
  throw new UsageError(
    '--max-cost cannot be held: this gateway has no accounts for runs. Leave it out (the budget of the key holds all the same), or update the gateway.',
  );
}

/** @returns US dollars spent, as the gateway's account has them. @default - it does not say */
export async function spentBy(client: Client, { id }: RunAccount): Promise<number | undefined> {
  try {
    const { json } = await client.get(`/v1/runs/${encodeURIComponent(id)}`);
    const spent = (json as { spent_usd?: unknown } | undefined)?.spent_usd;
    return typeof spent === 'number' ? spent : undefined;
  } catch {
    // The findings are of more use than the sum.
    return undefined;
  }
}
