/**
 * Whether there is money for the call: its worst cost is set aside before a provider hears of it.
 *
 * The input bound: a token has a byte at least, so the bytes sent bound the tokens; what is billed beyond them (the
 * provider's own words about tools, an image's tokens, which do not follow from its bytes) is covered by allowances.
 * Of a document that is packed or may be cited nothing follows, so it may fill the model's context: what is longer is
 * refused unbilled.
 */
import type { CallContext } from '../call-context';
import { GatewayError } from '../errors';
import type { Balance } from '../ledger/ledger';
import { dearestOf, showDollars, toNano } from '../ledger/money';
import { weighMedia } from '../model/media-weight';

/** Output tokens for a client that names none: what coding agents ask for, and no needless hold on the budget. */
const DEFAULT_MAX_TOKENS = 32_000;
/** Fewest output tokens that are worth calling for. */
const MIN_TOKENS = 256;
/** Tokens the provider adds on its own: its words around tools, and the body's first members. */
const OVERHEAD_TOKENS = 1_000;
/** More than the largest image of any model in use comes to. */
const TOKENS_PER_IMAGE = 5_000;

export async function admit(call: CallContext): Promise<void> {
  const { request, model, entitlement, services, exchange, key } = call;
  const ceiling = dearestOf(call.candidates.map(({ deployment }) => deployment));
  const wanted = Math.min(request.maxTokens ?? DEFAULT_MAX_TOKENS, model.max_output_tokens);
  const least = Math.min(Math.max(MIN_TOKENS, request.leastTokens), wanted);
  const inputCost = boundInput(call) * ceiling.input;
  const budget = toNano(entitlement.scope.max_budget);
  const outcome = await services.ledger.reserve({
    requestId: exchange.id,
    accountId: key.accountId,
    window: entitlement.window,
    budget,
    inputCost,
    outputTokenCost: ceiling.output,
    maxTokens: wanted,
    minTokens: least,
  });
  if (!outcome.granted)
    throw budgetExceeded(call, outcome.balance, budget, inputCost + least * ceiling.output);
  call.reservation = outcome.reservation;
  call.maxTokens = outcome.reservation.maxTokens;
  call.isClamped = call.maxTokens < wanted;
}

function boundInput(call: CallContext): number {
  const { images, imageBytes, unboundDocuments } = weighMedia(call.request);
  const bytes = Math.max(...[...call.bodies.values()].map((body) => body.bytes));
  if (unboundDocuments > 0) return call.model.context_window;
  return bytes - imageBytes + images * TOKENS_PER_IMAGE + OVERHEAD_TOKENS;
}

function budgetExceeded(
  call: CallContext,
  { spent, reserved }: Balance,
  budget: number,
  least: number,
): GatewayError {
  const { window } = call.entitlement;
  const parts = [
    `Budget has been exceeded! Key=sk-...${call.key.lastFour} Current cost: ${showDollars(spent)}, Max budget: ${showDollars(budget)}.`,
    reserved > 0 ? `${showDollars(reserved)} is set aside for calls under way.` : '',
    spent + reserved < budget ? `This call may cost ${showDollars(least)} or more.` : '',
    window.end ? `The budget resets at ${window.end.toISOString()}.` : 'The budget does not reset.',
    'An administrator can raise it.',
  ];
  return new GatewayError('budget_exceeded', { message: parts.filter((part) => part !== '').join(' ') });
}
