/**
 * Has the input counted by the provider, where a byte a token would refuse the call.
 *
 * Anthropic calls its count an estimate that may differ by a small amount, and does not bill what it adds on its own
 * (https://platform.claude.com/docs/en/build-with-claude/token-counting), so a part is put on top. Of what it does not
 * count (the members behind the conversation and the tools, earlier thoughts) a byte stays a token. Claude caches what is
 * marked for it and nothing else.
 */
import type { CallContext } from '../call-context';
import { nameOf, type Candidate } from '../providers/candidate';
import type { SharedBody } from '../providers/provider';

/** Of the count, on top of it. */
const SHARE_ON_TOP = 0.02;
/** Tokens on top of it. */
const TOKENS_ON_TOP = 500;

/** `fewer`: than was known before. `busy`: too many counts are under way just now. */
export type ExactWeight = 'fewer' | 'same' | 'busy';

export async function weighExactly(call: CallContext): Promise<ExactWeight> {
  const { services, key, weight } = call;
  if (call.isCounted) return 'same';
  const counting = chooseCounting(call);
  if (counting !== undefined) {
    const { candidate, body } = counting;
    const tokens = await services.inputCounter.count(
      key.accountId,
      candidate.provider,
      candidate.deployment,
      body,
    );
    if (tokens === 'busy') return 'busy';
    if (tokens !== undefined) {
      call.isCounted = true;
      const inputTokens = Math.ceil(tokens * (1 + SHARE_ON_TOP)) + TOKENS_ON_TOP + uncountedBytes(call);
      if (inputTokens >= weight.inputTokens) return 'same';
      call.weight = { ...weight, inputTokens, counted: isMarked(call) ? 'marked' : 'unmarked' };
      return 'fewer';
    }
  }
  // Asking again at each try would keep the others waiting.
  call.isCounted = true;
  return 'same';
}

interface Counting {
  readonly candidate: Candidate;
  readonly body: SharedBody;
}

/** Who counts for all that may answer; undefined unless all of them serve the very same model, and so count alike. */
function chooseCounting({ bodies, candidates, services }: CallContext): Counting | undefined {
  const candidate = candidates.find(
    (each) => each.provider.writeLeadCount !== undefined && !services.health.isPaused(nameOf(each)),
  );
  const body = candidate && bodies.get(candidate.provider);
  if (candidate === undefined || body === undefined) return undefined;
  const isSameModel = candidates.every(
    ({ deployment: { provider, id } }) =>
      id === candidate.deployment.id || (provider === 'bedrock' && namesModel(id, candidate.deployment.id)),
  );
  const isCountable = [...bodies.values()].every(({ media }) => media.uncountable === 0);
  return isSameModel && isCountable ? { candidate, body } : undefined;
}

/** Bedrock's ids have Anthropic's in them: "eu.anthropic.claude-haiku-4-5-20251001-v1:0". */
const namesModel = (bedrockId: string, id: string): boolean =>
  // bounded: the document has it
  bedrockId.split(/[./]/).some((part) => part === id || part.startsWith(`${id}-v`));

/** Said of too many rather than of too few: text may be such a name by itself. */
const isMarked = ({ bodies }: CallContext): boolean =>
  [...bodies.values()].some(({ members }) => members.has('"cache_control"'));

function uncountedBytes({ bodies }: CallContext): number {
  const each = [...bodies.values()].map(
    ({ members, media }) => members.length - members.leadLength + media.thoughtBytes,
  );
  return Math.max(...each);
}
