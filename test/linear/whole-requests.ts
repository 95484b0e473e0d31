/** Bodies of every protocol that have, all together, every member that is read. */
import { REQUESTS, type Request } from '../fuzz/request-bodies';

const hi = [{ role: 'user', content: 'hi' }];
const format = { type: 'json_schema', schema: { type: 'object' } };
const tool = { name: 'read', input_schema: { type: 'object', properties: { path: { type: 'string' } } } };

/** Members that the usual bodies have not. */
const RARE: Readonly<Record<string, Request>> = {
  'openai-chat': {
    body: {
      model: 'claude-sonnet-4-5',
      messages: hi,
      thinking: { type: 'enabled', budget_tokens: 2_048 },
      functions: [{ name: 'read', description: 'Reads', parameters: tool.input_schema }],
      function_call: { name: 'read' },
    },
  },
  'openai-completions': {
    body: {
      model: 'claude-haiku-4-5',
      prompt: 'Once upon',
      frequency_penalty: 0.1,
      logit_bias: { 1: 2 },
      presence_penalty: 0.1,
      seed: 1,
    },
  },
  'anthropic-messages': {
    body: {
      model: 'claude-haiku-4-5',
      max_tokens: 5,
      messages: hi,
      top_p: 0.5,
      output_format: format,
      context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] },
    },
  },
  'anthropic-count-tokens': {
    body: {
      model: 'claude-haiku-4-5',
      messages: hi,
      tools: [tool],
      tool_choice: { type: 'tool', name: 'read' },
      thinking: { type: 'disabled' },
      cache_control: { type: 'ephemeral' },
      output_config: { effort: 'low' },
      context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] },
      output_format: format,
    },
  },
};

/** By the protocol's name. */
export const WHOLE_REQUESTS: Readonly<Record<string, readonly Request[]>> = Object.fromEntries(
  Object.entries(REQUESTS).map(([name, requests]) => {
    const rare = RARE[name];
    return [name, rare ? [...requests, rare] : requests];
  }),
);
