/** Whether anybody waits for an answer. */
import { GatewayError } from '../errors';
import type { Exchange } from './exchange';

/** Aborted when the client goes before it has its answer. */
export function goneOf({ response }: Exchange): AbortSignal {
  const gone = new AbortController();
  const leave = (): void => {
    if (!response.writableFinished) gone.abort(new GatewayError('report_abandoned'));
  };
  if (response.destroyed) leave();
  else response.once('close', leave);
  return gone.signal;
}
