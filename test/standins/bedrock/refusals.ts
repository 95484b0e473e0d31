/** What Bedrock refuses that Anthropic takes, and the other way round; the rest of a body is checked as Anthropic's. */
import { allBlocks, extraField, isObject, tools, type Call, type Json } from '../anthropic/call';
import { findRefusal } from '../anthropic/refusals';

const VERSION = 'bedrock-2023-05-31';

const FIELDS = [
  'anthropic_beta',
  'anthropic_version',
  'max_tokens',
  'messages',
  'output_config',
  'stop_sequences',
  'system',
  'temperature',
  'thinking',
  'tool_choice',
  'tools',
  'top_k',
  'top_p',
];

/** Others end the call. */
const BETAS = [
  'computer-use-2025-01-24',
  'context-1m-2025-08-07',
  'context-management-2025-06-27',
  'effort-2025-11-24',
  'fine-grained-tool-streaming-2025-05-14',
  'interleaved-thinking-2025-05-14',
  'tool-search-tool-2025-10-19',
];
const TOOL_FIELDS_UNKNOWN = ['eager_input_streaming', 'input_examples'];

export interface Refusal {
  /** Id of the rule. */
  readonly id: string;
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

const validation = (id: string, message: string): Refusal => ({
  id,
  status: 400,
  type: 'ValidationException',
  message,
});

/** @param call as Anthropic's rules see it: its model is the one of the path */
export function findBedrockRefusal(call: Call, body: Json): Refusal | undefined {
  if (!isObject(call.parsed)) return validation('body-not-json', 'Malformed input request');
  const model = String(call.body['model']);
  if (!call.known.models.has(model))
    return validation('model-unknown', 'The provided model identifier is invalid.');
  if (body['anthropic_version'] !== VERSION)
    return validation('version', 'anthropic_version: Field required');
  const extra = extraField(body, FIELDS);
  if (extra !== undefined) return validation('field-unknown', `${extra}: Extra inputs are not permitted`);
  const betas = body['anthropic_beta'] ?? [];
  if (!Array.isArray(betas) || betas.some((beta) => !BETAS.includes(String(beta))))
    return validation('beta-unknown', 'invalid beta flag');
  if (isObject(body['output_config']) && 'effort' in body['output_config'])
    if (!betas.includes('effort-2025-11-24'))
      return validation('effort', 'output_config.effort: Extra inputs are not permitted');
  for (const tool of tools(call)) {
    const unknown = TOOL_FIELDS_UNKNOWN.find((name) => name in tool.fields);
    if (unknown) return validation('tool-field', `${tool.path}.${unknown}: Extra inputs are not permitted`);
  }
  for (const { path, fields } of allBlocks(call))
    if (isObject(fields['source']) && fields['source']['type'] === 'url')
      return validation('source-url', `${path}.source: URL sources are not supported`);
  const refused = findRefusal(call);
  return refused && validation(refused.refusal.id, refused.message);
}
