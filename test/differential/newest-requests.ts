/** Requests of Anthropic's Messages API as a client writes them that takes whoever answers for the newest model. */
import fc from 'fast-check';
import { PASSED_BETAS } from '../../gateway/protocols/anthropic-messages/betas';
import type { Json } from '../standins/anthropic/call';

export interface NewestRequest {
  readonly body: Json & { readonly messages: readonly Json[] };
  readonly betas: readonly string[];
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 1 });

const PLAIN_NAMES = ['read', 'write_file', 'mcp__server__look'];
const ODD_NAMES = [
  'read',
  'write_file',
  `mcp__server__${'long_'.repeat(18)}`,
  'with.dots',
  'Größe der Datei',
];
const text = fc.constantFrom('a', 'Say it.', 'Zwölf 🙂');
const textBlock = text.map((words) => ({ type: 'text', text: words }));
const display = fc.constantFrom({}, { display: 'omitted' }, { display: 'summarized' });

/** Of `thinking`, by how many tokens there are. */
const thinkingOf = (maxTokens: number): fc.Arbitrary<Json | undefined> =>
  maybe(
    fc.oneof(
      fc.constant<Json>({ type: 'disabled' }),
      display.map((shown): Json => ({ type: 'adaptive', ...shown })),
      fc
        .tuple(fc.integer({ min: 1_024, max: maxTokens - 1 }), display)
        .map(([budget_tokens, shown]): Json => ({ type: 'enabled', budget_tokens, ...shown })),
    ),
  );

/** One step of the conversation: what the person says, or what tools gave, and what was answered. */
const step = fc.record({
  said: fc.array(textBlock, { minLength: 1, maxLength: 2 }),
  instructed: fc.array(fc.oneof(text, fc.array(textBlock, { minLength: 1, maxLength: 2 })), { maxLength: 1 }),
  thought: fc.boolean(),
  called: fc.array(fc.nat(2), { maxLength: 2 }),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const THOUGHT = { type: 'thinking', thinking: 'So it is.', signature: 'c2lnbmVk' };

function messagesOf(
  steps: readonly Step[],
  names: readonly string[],
  begun: boolean,
  alwaysThought: boolean,
): Json[] {
  const messages: Json[] = [];
  let open: Json[] = [];
  steps.forEach(({ said, instructed, thought, called }, at) => {
    messages.push({ role: 'user', content: [...open, ...said] });
    for (const content of instructed) messages.push({ role: 'system', content });
    const isLast = at === steps.length - 1;
    if (isLast && !begun) return;
    const calls = isLast
      ? []
      : called.map((name, index) => ({
          type: 'tool_use',
          id: `call_${at}_${index}`,
          name: names[name],
          input: {},
        }));
    open = calls.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: 'done' }));
    const isThought = !isLast && (thought || alwaysThought);
    messages.push({
      role: 'assistant',
      content: [...(isThought ? [THOUGHT] : []), { type: 'text', text: 'Then' }, ...calls],
    });
  });
  return messages;
}

const tool = (name: string): Json => ({
  name,
  description: `does ${name}`,
  input_schema: { type: 'object', properties: {} },
});

export const newestRequest: fc.Arbitrary<NewestRequest> = fc
  .constantFrom(1_100, 8_000, 32_000, 100_000)
  .chain((maxTokens) =>
    fc
      .record({
        steps: fc.array(step, { minLength: 1, maxLength: 4 }),
        begun: fc.boolean(),
        names: fc.constantFrom(PLAIN_NAMES, ODD_NAMES),
        system: maybe(fc.array(textBlock, { minLength: 1, maxLength: 2 })),
        thinking: thinkingOf(maxTokens),
        effort: maybe(fc.constantFrom('low', 'medium', 'high', 'xhigh', 'max')),
        temperature: maybe(fc.constantFrom(0, 0.3, 1)),
        top_p: maybe(fc.constantFrom(0.5, 0.97)),
        top_k: maybe(fc.constantFrom(5, 40)),
        choice: maybe(fc.constantFrom('auto', 'any', 'tool', 'none')),
        stop_sequences: maybe(fc.subarray(['END', '\n', ' ', 'a', 'b', 'c', 'd'])),
        service_tier: maybe(fc.constant('auto')),
        context_management: maybe(fc.constant({ edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] })),
        user: maybe(fc.constantFrom('user_1', JSON.stringify({ session: 's'.repeat(90) }))),
        cache_control: maybe(fc.constant({ type: 'ephemeral' })),
        betas: fc.subarray([
          ...Object.keys(PASSED_BETAS),
          'claude-code-20250219',
          'mid-conversation-tool-changes-2026-07-01',
        ]),
        stream: fc.boolean(),
      })
      .map(({ steps, names, begun, effort, choice, user, betas, thinking, ...members }): NewestRequest => {
        const messages = messagesOf(steps, names, begun, thinking?.['type'] === 'enabled');
        const tool_choice =
          choice === undefined
            ? undefined
            : { type: choice, ...(choice === 'tool' ? { name: names[2] } : {}) };
        const body = {
          ...members,
          thinking,
          max_tokens: maxTokens,
          messages,
          tools: names.map(tool),
          tool_choice,
          output_config: effort === undefined ? undefined : { effort },
          metadata: user === undefined ? undefined : { user_id: user },
        };
        // Without those that are not there, as JSON has it.
        return { body: JSON.parse(JSON.stringify(body)) as NewestRequest['body'], betas };
      }),
  );
