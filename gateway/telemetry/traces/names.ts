/**
 * What spans and their attributes are called. Those of OpenTelemetry's conventions for generative AI are still being
 * renamed (`cache_creation` is to become `cache_write`): this is the place to follow them.
 */
import type { EndedCall } from '../ended-call';

/** https://github.com/open-telemetry/semantic-conventions-genai, as of November 2026, and the general conventions. */
export const SEMCONV = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  requestMaxTokens: 'gen_ai.request.max_tokens',
  requestStream: 'gen_ai.request.stream',
  responseId: 'gen_ai.response.id',
  responseModel: 'gen_ai.response.model',
  /** Seconds. */
  timeToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  /** With what was read from or written to the cache. */
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  cacheReadTokens: 'gen_ai.usage.cache_read.input_tokens',
  cacheWriteTokens: 'gen_ai.usage.cache_creation.input_tokens',
  conversation: 'gen_ai.conversation.id',
  agent: 'gen_ai.agent.id',
  errorType: 'error.type',
  status: 'http.response.status_code',
  user: 'user.id',
  userName: 'user.name',
} as const;

/** No convention has them. */
export const GATEWAY = {
  requestId: 'gateway.request_id',
  level: 'gateway.level',
  scope: 'gateway.scope',
  template: 'gateway.template',
  workspace: 'gateway.workspace.id',
  workspaceName: 'gateway.workspace.name',
  client: 'gateway.client',
  protocol: 'gateway.protocol',
  attempts: 'gateway.attempts',
  /** US dollars, as the ledger books them. */
  cost: 'gateway.cost',
  /** Whether the cost is an estimate: the provider never said what the call came to. */
  costIsEstimated: 'gateway.cost.is_estimated',
} as const;

/** https://langfuse.com/integrations/native/opentelemetry: what Langfuse takes from a span; details as JSON in strings. */
export const LANGFUSE = {
  type: 'langfuse.observation.type',
  model: 'langfuse.observation.model.name',
  modelParameters: 'langfuse.observation.model.parameters',
  usage: 'langfuse.observation.usage_details',
  cost: 'langfuse.observation.cost_details',
  completionStart: 'langfuse.observation.completion_start_time',
  level: 'langfuse.observation.level',
  statusMessage: 'langfuse.observation.status_message',
  input: 'langfuse.observation.input',
  output: 'langfuse.observation.output',
  metadata: (name: string) => `langfuse.observation.metadata.${name}`,
  traceName: 'langfuse.trace.name',
  tags: 'langfuse.trace.tags',
  user: 'user.id',
  session: 'session.id',
  environment: 'langfuse.environment',
  release: 'langfuse.release',
} as const;

/** Kinds of tokens by which Langfuse prices. Each token counts once: `input` is without what follows it. */
export const LANGFUSE_USAGE = {
  input: 'input',
  output: 'output',
  cacheRead: 'input_cached_tokens',
  cacheWrite: 'input_cache_creation',
  cacheWriteFiveMinutes: 'input_cache_creation_5m',
  cacheWriteHour: 'input_cache_creation_1h',
  total: 'total',
} as const;

export const operationOf = ({ protocol }: EndedCall): string =>
  protocol === 'openai-completions' ? 'text_completion' : 'chat';

const PROVIDERS: Readonly<Record<string, string>> = { bedrock: 'aws.bedrock' };

/** As the conventions call a provider; one that they do not know goes by its own name. */
export const conventionalProvider = (name: string): string => PROVIDERS[name] ?? name;
