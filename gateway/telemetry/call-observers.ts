/**
 * Who is told of calls that have ended: figures, traces, alerts. They come after the client has its answer and the
 * ledger its row, are told one after the other, make no promise that anybody waits for, and copy nothing of a body.
 */
import { describeFault, type Logger } from '../log';
import type { EndedCall } from './ended-call';

export type CallObserver = (call: EndedCall) => void;

export interface CallObservers {
  add(observer: CallObserver): void;
  /** Never throws: what an observer fails at is its own loss, and is logged. */
  tell(call: EndedCall): void;
}

export function createCallObservers(logger: Logger): CallObservers {
  const observers: CallObserver[] = [];
  return {
    add: (observer) => void observers.push(observer),
    tell(call) {
      for (const observer of observers)
        try {
          observer(call);
        } catch (fault) {
          logger.error('a call could not be told of', {
            request_id: call.requestId,
            ...describeFault(fault),
          });
        }
    },
  };
}
