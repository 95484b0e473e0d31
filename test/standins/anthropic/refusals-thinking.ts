/** Refusals that concern thinking and the length of the prompt. */
import type { Call } from './call';
import { COUNT_TOKENS, extraField, isObject, messages, modelOf } from './call';
import { first, refuse } from './refusal';
import type { Refusal } from './refusal';
import { estimateTokens } from './tokens';

function isThinking({ body }: Call): boolean {
  return isObject(body['thinking']) && body['thinking']['type'] === 'enabled';
}

/** Of `thinking`, by its type. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  adaptive: ['type', 'display'],
  enabled: ['type', 'budget_tokens', 'display'],
  disabled: ['type'],
};

export const THINKING_REFUSALS: readonly Refusal[] = [
  refuse(
    'thinking-shape',
    '`thinking` other than `{type: "disabled"}` and `{type: "enabled", budget_tokens}` or, where the model decides itself, `{type: "adaptive"}`, either with a `display`; a budget below 1024 or not below `max_tokens`.',
    (call) => {
      const { thinking, max_tokens: most } = call.body;
      if (thinking === undefined) return undefined;
      if (!isObject(thinking)) return 'thinking: Input should be an object';
      const type = thinking['type'];
      const decidesItself = modelOf(call)?.reasoning === 'adaptive';
      if (type === 'enabled' && decidesItself)
        return 'thinking.type: "enabled" is not supported for this model';
      const types = decidesItself ? ['adaptive', 'disabled'] : ['enabled', 'disabled'];
      if (!types.includes(String(type)))
        return `thinking.type: Input should be ${types.map((name) => `'${name}'`).join(' or ')}`;
      const extra = extraField(thinking, FIELDS[String(type)] ?? []);
      if (extra !== undefined) return `thinking.${String(type)}.${extra}: Extra inputs are not permitted`;
      const { display = null } = thinking;
      if (![null, 'summarized', 'omitted'].includes(display as string | null))
        return `thinking.${String(type)}.display: Input should be 'summarized' or 'omitted'`;
      if (type !== 'enabled') return undefined;
      const budget = thinking['budget_tokens'];
      const at = 'thinking.enabled.budget_tokens';
      if (!Number.isInteger(budget)) return `${at}: Field required`;
      if ((budget as number) < 1024) return `${at}: must be greater than or equal to 1024`;
      return call.path !== COUNT_TOKENS && (budget as number) >= (most as number)
        ? 'max_tokens: must be greater than `thinking.budget_tokens`'
        : undefined;
    },
  ),
  refuse('thinking-forced-tool', 'Thinking together with a forced tool (`any` or `tool`).', (call) => {
    const choice = call.body['tool_choice'];
    const forced = isObject(choice) && (choice['type'] === 'any' || choice['type'] === 'tool');
    return isThinking(call) && forced
      ? 'tool_choice: may not force tool use when thinking is enabled'
      : undefined;
  }),
  refuse(
    'thinking-sampling',
    'Thinking together with `temperature` other than 1, `top_p` below 0.95, or `top_k`.',
    (call) => {
      if (!isThinking(call)) return undefined;
      const { temperature, top_p: topP, top_k: topK } = call.body;
      if (temperature !== undefined && temperature !== 1)
        return 'temperature: may only be 1 when thinking is enabled';
      if (typeof topP === 'number' && topP < 0.95)
        return 'top_p: must be at least 0.95 when thinking is enabled';
      return topK === undefined ? undefined : 'top_k: must be unset when thinking is enabled';
    },
  ),
  refuse('thinking-prefill', 'Thinking together with a final assistant message.', (call) =>
    isThinking(call) && messages(call).at(-1)?.role === 'assistant'
      ? 'messages: the final message must be from the user when thinking is enabled'
      : undefined,
  ),
  refuse(
    'thinking-signature',
    'A thinking block without a signature, or with one that was not issued for its text.',
    (call) =>
      first(
        messages(call).flatMap(({ blocks }) => blocks),
        ({ type, path, fields }) => {
          if (type !== 'thinking') return undefined;
          const { thinking, signature } = fields;
          if (typeof thinking !== 'string') return `${path}.thinking.thinking: Field required`;
          if (typeof signature !== 'string' || signature === '')
            return `${path}.thinking.signature: Field required`;
          return call.known.isIssued(thinking, signature)
            ? undefined
            : `${path}: Invalid signature in thinking block`;
        },
      ),
  ),
  refuse(
    'thinking-not-first',
    'Thinking with a tool result to read, when the assistant turn that asked for it does not begin with its thinking block.',
    (call) => {
      if (!isThinking(call)) return undefined;
      const all = messages(call);
      const [asking, answering] = [all.at(-2), all.at(-1)];
      if (!answering?.blocks.some(({ type }) => type === 'tool_result')) return undefined;
      const begins = asking?.blocks[0]?.type;
      return begins === 'thinking' || begins === 'redacted_thinking'
        ? undefined
        : `${asking?.path ?? 'messages'}.content.0.type: Expected thinking or redacted_thinking, found ${String(begins)}`;
    },
  ),
  refuse(
    'prompt-too-long',
    'A prompt longer than the model’s context window (by the stand-in’s estimate of tokens).',
    (call) => {
      const limit = modelOf(call)?.contextWindow ?? 0;
      const tokens = estimateTokens(call.body);
      return tokens > limit ? `prompt is too long: ${tokens} tokens > ${limit} maximum` : undefined;
    },
  ),
];
