/** What an answer's own word about its tokens makes of the bill. */
import type { Bill, CallContext } from '../../call-context';
import type { ModelAnswer } from '../../model/answer';
import { findImpossible, MISSING, type Usage } from '../../model/usage';

/** What cannot be true says as little as nothing: the provider bills something else. */
export function billOf({ model }: CallContext, told: Pick<ModelAnswer, 'usage' | 'usageFault'>): Bill {
  const { usage, usageFault = { field: 'usage', problem: MISSING } } = told;
  if (usage === undefined) return { known: false, fault: usageFault };
  const fault = findImpossible(usage, model);
  return fault === undefined ? { known: true, usage } : { known: false, fault };
}

/** As long as a stream has not told its last word: what it would be billed by if it broke off now. */
export function billSoFar({ bill, model }: CallContext, soFar: Usage | undefined): Bill | undefined {
  if (bill?.known !== false || bill.fault !== undefined || soFar === undefined) return bill;
  if (soFar.input + soFar.cacheWrite + soFar.cacheRead === 0) return bill;
  return findImpossible(soFar, model) === undefined ? { known: false, soFar } : bill;
}
