/**
 * Whether there is money for the call, and whether the limits let it through: its worst cost is set aside in every
 * budget that it comes under before a provider hears of it.
 *
 * The input bound: a token has a byte at least, so the bytes sent bound the tokens; what is billed beyond them (the
 * provider's own words about tools, an image's tokens, which do not follow from its bytes) is covered by allowances;
 * of an endpoint the document says what an image may come to, or it is a whole context.
 * Of a document that is packed or may be cited nothing follows, so it may fill the model's context: what is longer is
 * refused unbilled.
 */
import type { CallContext } from '../call-context';
import type { Entitlement } from '../keys/entitlement';
import type { KeyRecord } from '../keys/key-record';
import { accountTermsOf, type AccountTerms } from '../ledger/account-terms';
import { dearestOf } from '../ledger/money';
import { weighMedia } from '../model/media-weight';
import { wantedTokens } from '../model/wanted-tokens';
import type { Services } from '../services';
import { refuseAdmission, refuseAgain } from './refuse-admission';
import { originOf } from './settle';

/** Fewest output tokens that are worth calling for. */
const MIN_TOKENS = 256;
/** Tokens the provider adds on its own: its words around tools, and the body's first members. */
const OVERHEAD_TOKENS = 1_000;
/** More than the largest image of any Claude model comes to. */
const TOKENS_PER_CLAUDE_IMAGE = 5_000;

export async function admit(call: CallContext): Promise<void> {
  const { request, model, entitlement, services, exchange, key } = call;
  const ceiling = dearestOf(
    call.candidates.map(({ deployment }) => deployment),
    call.cachesForAnHour,
  );
  const wanted = wantedTokens(request, model);
  const leastTaken = [...call.bodies.values()].map(({ leastTokens }) => leastTokens);
  const least = Math.min(Math.max(MIN_TOKENS, ...leastTaken), wanted);
  const inputCost = boundInput(call) * ceiling.input;
  const leastCost = inputCost + least * ceiling.output;
  refuseAgain(call, services.refusals.findFor(key.id, leastCost));

  const outcome = await services.ledger.reserve({
    requestId: exchange.id,
    accounts: await currentTerms(services, key, entitlement),
    inputCost,
    outputTokenCost: ceiling.output,
    maxTokens: wanted,
    minTokens: least,
    origin: originOf(call),
  });
  call.rate = outcome.rate;
  if (!outcome.granted) refuseAdmission(call, outcome.refusal, leastCost);
  else {
    services.refusals.noteAdmission(key.id);
    call.reservation = outcome.reservation;
    call.maxTokens = outcome.reservation.maxTokens;
    call.isClamped = call.maxTokens < wanted;
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

function boundInput(call: CallContext): number {
  const { images, imageBytes, unboundDocuments } = weighMedia(call.request);
  const bytes = Math.max(...[...call.bodies.values()].map((body) => body.bytes));
  const perImage = images > 0 ? tokensPerImage(call) : 0;
  if (unboundDocuments > 0 || perImage === undefined) return call.model.context_window;
  return bytes - imageBytes + images * perImage + OVERHEAD_TOKENS;
}

/** Of the deployment that counts most for one; undefined when one of them does not say. */
function tokensPerImage({ candidates }: CallContext): number | undefined {
  let most = 0;
  for (const { deployment } of candidates) {
    const isClaude = deployment.provider !== 'openai-compatible';
    const tokens = isClaude ? TOKENS_PER_CLAUDE_IMAGE : deployment.max_image_tokens;
    if (tokens === undefined) return undefined;
    most = Math.max(most, tokens);
  }
  return most;
}
