/**
 * What the call may come to at worst, in tokens.
 *
 * The input's bound: a token has a byte at least, so the bytes sent bound the tokens; what is billed beyond them (the
 * provider's own words about tools, an image's tokens, which do not follow from its bytes) is covered by allowances;
 * of an endpoint the document says what an image may come to, or it is a whole context.
 * Of a document that is packed or may be cited nothing follows, so it may fill the model's context: what is longer is
 * refused unbilled.
 * Each deployment is weighed by the body it would be sent: what one provider is told, another may not be.
 */
import type { CallContext } from '../call-context';
import type { Candidate } from '../providers/candidate';
import type { DeploymentDocument } from '../config/document';
import { wantedTokens } from '../model/wanted-tokens';

/** Fewest output tokens that are worth calling for. */
const MIN_TOKENS = 256;
/** Tokens the provider adds on its own: its words around tools, and the body's first members. No call is weighed less. */
const OVERHEAD_TOKENS = 1_000;
/** More than the largest image of any Claude model comes to. */
const TOKENS_PER_CLAUDE_IMAGE = 5_000;

export function weigh(call: CallContext): void {
  const wanted = wantedTokens(call.request, call.model);
  const leastTaken = [...call.bodies.values()].map(({ leastTokens }) => leastTokens);
  call.weight = {
    inputTokens: Math.max(...call.candidates.map((each) => boundInput(call, each))),
    wantedTokens: wanted,
    leastTokens: Math.min(Math.max(MIN_TOKENS, ...leastTaken), wanted),
  };
}

function boundInput({ bodies, model }: CallContext, { deployment, provider }: Candidate): number {
  const body = bodies.get(provider);
  if (body === undefined) throw new Error(`nothing was written for ${provider.name}`);
  const { images, imageBytes, unboundDocuments } = body.media;
  const textBytes = body.members.length - imageBytes;
  if (textBytes < 0) throw new Error(`the body for ${provider.name} is shorter than the images in it`);
  const perImage = images > 0 ? tokensPerImage(deployment) : 0;
  if (unboundDocuments > 0 || perImage === undefined) return Math.max(model.context_window, OVERHEAD_TOKENS);
  return textBytes + images * perImage + OVERHEAD_TOKENS;
}

/** Undefined when nobody says. */
const tokensPerImage = ({ provider, max_image_tokens }: DeploymentDocument): number | undefined =>
  provider === 'openai-compatible' ? max_image_tokens : TOKENS_PER_CLAUDE_IMAGE;
