/**
 * What the call may come to at worst, in tokens.
 *
 * The input's bound: a token has a byte at least, so the bytes sent bound the tokens; what is billed beyond them (the
 * provider's own words about tools, an image's tokens, which do not follow from its bytes) is covered by allowances;
 * of an endpoint the document says what an image may come to, or it is a whole context.
 * Of a document that is packed or may be cited nothing follows, so it may fill the model's context: what is longer is
 * refused unbilled.
 */
import type { CallContext } from '../call-context';
import { weighMedia } from '../model/media-weight';
import { wantedTokens } from '../model/wanted-tokens';

/** Fewest output tokens that are worth calling for. */
const MIN_TOKENS = 256;
/** Tokens the provider adds on its own: its words around tools, and the body's first members. */
const OVERHEAD_TOKENS = 1_000;
/** More than the largest image of any Claude model comes to. */
const TOKENS_PER_CLAUDE_IMAGE = 5_000;

export function weigh(call: CallContext): void {
  const bodies = [...call.bodies.values()];
  const wanted = wantedTokens(call.request, call.model);
  const leastTaken = bodies.map(({ leastTokens }) => leastTokens);
  call.weight = {
    inputTokens: boundInput(call, Math.max(...bodies.map(({ members }) => members.length))),
    wantedTokens: wanted,
    leastTokens: Math.min(Math.max(MIN_TOKENS, ...leastTaken), wanted),
  };
}

/** @param bytes of the longest body that may be sent */
function boundInput(call: CallContext, bytes: number): number {
  const { images, imageBytes, unboundDocuments } = weighMedia(call.request);
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
