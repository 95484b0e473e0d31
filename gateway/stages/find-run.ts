/** The run that the call says it belongs to: what it costs is held against the run's cap as well. */
import type { CallContext } from '../call-context';
import { GatewayError } from '../errors';

export const RUN = 'x-gateway-run';

/** Before the body is read: a call that names a run is never let through without its cap. */
export async function findRun(call: CallContext): Promise<void> {
  const { services, exchange, key } = call;
  const named = exchange.request.headers[RUN];
  if (named === undefined) return;
  // Node joins headers of one name by a comma, which no id has.
  const run = await services.runs.find(String(named), key.accountId);
  if (run.endsAt <= services.now()) throw new GatewayError('run_ended');
  call.run = run;
}
