/**
 * Whether there is money for the call, and whether the limits let it through: its worst cost is set aside in every
 * budget that it comes under before a provider hears of it.
 */
import type { CallContext } from '../call-context';
import type { Entitlement } from '../keys/entitlement';
import type { KeyRecord } from '../keys/key-record';
import { accountTermsOf, type AccountTerms } from '../ledger/account-terms';
import { dearestOf, type NanoDollars } from '../ledger/money';
import type { Services } from '../services';
import { refuseAdmission, refuseAgain } from './refuse-admission';
import { originOf } from './settle';

interface WorstCosts {
  readonly inputCost: NanoDollars;
  readonly outputTokenCost: NanoDollars;
  /** With the fewest output tokens that are worth calling for; no call is let through for less. */
  readonly leastCost: NanoDollars;
}

/** At the dearest price of the deployments that may answer. */
export function worstCosts({ weight, candidates, cachesForAnHour }: CallContext): WorstCosts {
  const ceiling = dearestOf(
    candidates.map(({ deployment }) => deployment),
    cachesForAnHour,
  );
  const inputCost = weight.inputTokens * ceiling.input;
  return {
    inputCost,
    outputTokenCost: ceiling.output,
    leastCost: inputCost + weight.leastTokens * ceiling.output,
  };
}

export async function admit(call: CallContext): Promise<void> {
  const { weight, entitlement, services, exchange, key } = call;
  const { inputCost, outputTokenCost, leastCost } = worstCosts(call);
  refuseAgain(call, services.refusals.findFor(key.id, leastCost));

  const outcome = await services.ledger.reserve({
    requestId: exchange.id,
    accounts: await currentTerms(services, key, entitlement),
    inputCost,
    outputTokenCost,
    maxTokens: weight.wantedTokens,
    minTokens: weight.leastTokens,
    origin: originOf(call),
  });
  call.rate = outcome.rate;
  if (!outcome.granted) refuseAdmission(call, outcome.refusal, leastCost);
  else {
    services.refusals.noteAdmission(key.id);
    call.reservation = outcome.reservation;
    call.maxTokens = outcome.reservation.maxTokens;
    call.isClamped = call.maxTokens < weight.wantedTokens;
  }
}

/** The accounts a key's calls are charged to, its own first, under the terms that hold now. */
export function currentTerms(
  services: Services,
  key: KeyRecord,
  entitlement: Entitlement,
): Promise<AccountTerms[]> {
  const { accounts, documents, settings } = services;
  const source = { document: documents.current.document, ownerBudget: settings.ownerBudget };
  return accountTermsOf(key, entitlement, source, accounts, services.now());
}
