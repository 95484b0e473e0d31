/**
 * Whether there is money for the call, and whether the limits let it through: its worst cost is set aside in every
 * budget that it comes under before a provider hears of it.
 *
 * What is spent refuses a call for good, once a provider has counted its input where one can. What other calls hold makes
 * it wait its turn for a while.
 */
import type { CallContext } from '../call-context';
import type { Entitlement } from '../keys/entitlement';
import type { KeyRecord } from '../keys/key-record';
import { accountTermsOf, type AccountTerms } from '../ledger/account-terms';
import { dearestOf, type NanoDollars } from '../ledger/money';
import { termsOfRun } from '../ledger/runs';
import type { Services } from '../services';
import { BudgetWait } from './budget-wait';
import { refuseAdmission, refuseAgain } from './refuse-admission';
import { originOf } from './settle';
import { weighExactly } from './weigh-exactly';

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
    weight.counted === 'unmarked',
  );
  const inputCost = weight.inputTokens * ceiling.input;
  return {
    inputCost,
    outputTokenCost: ceiling.output,
    leastCost: inputCost + weight.leastTokens * ceiling.output,
  };
}

/**
 * Output tokens that are worth waiting for: below it a budget cuts an answer by what was spent of it only, not by what
 * calls under way hold and mostly give back.
 */
const USEFUL_TOKENS = 8_192;

export async function admit(call: CallContext): Promise<void> {
  const wait = new BudgetWait(call);
  try {
    await admitInTurn(call, wait);
  } finally {
    wait.end();
  }
}

/** Returns without a reservation only if the client has gone. */
async function admitInTurn(call: CallContext, wait: BudgetWait): Promise<void> {
  const { entitlement, services, exchange, key } = call;
  const { leastTokens, wantedTokens } = call.weight;
  let minTokens = Math.max(leastTokens, Math.min(wantedTokens, USEFUL_TOKENS));
  for (;;) {
    const accounts = [...(await currentTerms(services, key, entitlement)), ...runTerms(call)];
    const { inputCost, outputTokenCost, leastCost } = worstCosts(call);
    await wait.behindOthers(accounts, leastCost);
    if (call.isClientGone) return;
    // What no count makes less.
    const leastOutputCost = leastCost - inputCost;
    const standing = services.refusals.findFor(key.id, leastCost);
    if (standing !== undefined) {
      if (leastOutputCost >= (standing.fromCost ?? 0)) refuseAgain(call, standing);
      // By its exact weight, so that a long text is not taken for a dear call.
      const counted = await weighExactly(call);
      if (counted === 'fewer') continue;
      if (counted === 'same') refuseAgain(call, standing);
    }

    const outcome = await services.ledger.reserve({
      requestId: exchange.id,
      accounts,
      inputCost,
      outputTokenCost,
      maxTokens: wantedTokens,
      minTokens,
      origin: originOf(call),
    });
    call.rate = outcome.rate;
    if (outcome.granted) {
      services.refusals.noteAdmission(key.id);
      call.reservation = outcome.reservation;
      call.maxTokens = outcome.reservation.maxTokens;
      call.isClamped = call.maxTokens < wantedTokens;
      return;
    }

    const { refusal } = outcome;
    if (refusal.reason !== 'budget') refuseAdmission(call, refusal, leastCost);
    const unspent = refusal.budget - refusal.spent;
    const counted = leastOutputCost < unspent ? await weighExactly(call) : 'same';
    if (counted === 'fewer') continue;
    if (leastCost > unspent && counted !== 'busy') refuseAdmission(call, refusal, leastCost);
    const affordable = outputTokenCost > 0 ? Math.floor((unspent - inputCost) / outputTokenCost) : Infinity;
    if (leastCost <= unspent && affordable < minTokens) {
      minTokens = Math.max(leastTokens, affordable);
      continue;
    }
    await wait.afterRefusal(refusal, leastCost);
    if (call.isClientGone) return;
  }
}

function runTerms({ run, services }: CallContext): AccountTerms[] {
  const { time_zone } = services.documents.current.document;
  return run ? [termsOfRun(run, time_zone, services.now())] : [];
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
