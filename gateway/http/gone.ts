/** Whether anybody waits for an answer. */
import type { Exchange } from './exchange';

/** Aborted when the client goes before it has its answer. */
export function goneOf({ response }: Exchange): AbortSignal {
  const gone = new AbortController();
  const leave = (): void => {
    if (!response.writableFinished) gone.abort(new Error('the client has gone'));
  };
  if (response.destroyed) leave();
  else response.once('close', leave);
  return gone.signal;
}
