/** Refusals that concern the request as a whole: address, headers, size, JSON, top-level fields. */
import { betasOf, COUNT_TOKENS, extraField, isObject, MESSAGES, modelOf } from './call';
import type { Call } from './call';
import { first, refuse } from './refusal';
import type { Refusal } from './refusal';

const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Of both endpoints. */
const COMMON_FIELDS = [
  'model',
  'messages',
  'system',
  'tools',
  'tool_choice',
  'thinking',
  'cache_control',
  'output_config',
];
const MESSAGES_FIELDS = [
  'max_tokens',
  'metadata',
  'service_tier',
  'stop_sequences',
  'stream',
  'temperature',
  'top_k',
  'top_p',
];
/** Field → the beta without which it is unknown. */
const BETA_FIELDS: Readonly<Record<string, string>> = {
  context_management: 'context-management-2025-06-27',
  mcp_servers: 'mcp-client-2025-11-20',
  output_format: 'structured-outputs-2025-11-13',
};

const isPath = (path: string): boolean => path === MESSAGES || path === COUNT_TOKENS;
const forMessages = (check: Refusal['check']): Refusal['check'] => {
  return (call) => (call.path === MESSAGES ? check(call) : undefined);
};

function allowedFields(call: Call): string[] {
  const betas = betasOf(call);
  const unlocked = Object.keys(BETA_FIELDS).filter((field) => betas.includes(BETA_FIELDS[field] as string));
  return [...COMMON_FIELDS, ...(call.path === MESSAGES ? MESSAGES_FIELDS : []), ...unlocked];
}

function inRange(call: Call, field: string, low: number, high: number): string | undefined {
  const value = call.body[field];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || Number.isNaN(value)) return `${field}: Input should be a valid number`;
  return value < low || value > high ? `${field}: must be between ${low} and ${high}` : undefined;
}

const VERSIONS = ['2023-01-01', '2023-06-01', '2026-10-21'];

export const ENVELOPE_REFUSALS: readonly Refusal[] = [
  {
    id: 'path-unknown',
    status: 404,
    type: 'not_found_error',
    rule: 'A path other than `/v1/messages` and `/v1/messages/count_tokens`.',
    check: ({ path }) => (isPath(path) ? undefined : `No route for ${path}`),
  },
  {
    id: 'method-not-post',
    status: 405,
    type: 'invalid_request_error',
    rule: 'A method other than POST.',
    check: ({ method }) => (method === 'POST' ? undefined : `Method ${method} is not allowed`),
  },
  {
    id: 'api-key',
    status: 401,
    type: 'authentication_error',
    rule: 'No `x-api-key` and no bearer token, or another one than configured.',
    check: ({ headers, known }) => {
      // The SDK sends it as a bearer token from 1.0 on.
      const key = headers['x-api-key'] ?? /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
      if (key === undefined) return 'x-api-key header is required';
      return key === known.apiKey ? undefined : 'invalid x-api-key';
    },
  },
  refuse('version-header', 'No `anthropic-version`, or one that was never published.', ({ headers }) => {
    const version = headers['anthropic-version'];
    if (version === undefined) return 'anthropic-version: header is required';
    return VERSIONS.includes(String(version))
      ? undefined
      : `anthropic-version: ${JSON.stringify(version)} is not a valid version`;
  }),
  refuse('beta-unknown', 'An `anthropic-beta` value that does not exist.', (call) =>
    first(betasOf(call), (beta) =>
      call.known.betas.has(beta) ? undefined : `anthropic-beta: unexpected value ${JSON.stringify(beta)}`,
    ),
  ),
  {
    id: 'body-too-large',
    status: 413,
    type: 'request_too_large',
    rule: 'A body of more than 32 MB.',
    check: ({ size }) =>
      size > MAX_BODY_BYTES ? `Request exceeds the maximum size (${size} bytes)` : undefined,
  },
  refuse('body-not-json', 'A body that is not a JSON object.', ({ parsed }) => {
    if (parsed === undefined) return 'The request body is not valid JSON';
    return isObject(parsed) ? undefined : 'The request body must be a JSON object';
  }),
  refuse(
    'field-unknown',
    'A top-level field that the endpoint does not know, or whose beta was not named.',
    (call) => {
      const extra = extraField(call.body, allowedFields(call));
      return extra === undefined ? undefined : `${extra}: Extra inputs are not permitted`;
    },
  ),
  refuse('model-missing', 'No `model`, or one that is no string.', ({ body }) =>
    typeof body['model'] === 'string' && body['model'] !== '' ? undefined : 'model: Field required',
  ),
  {
    id: 'model-unknown',
    status: 404,
    type: 'not_found_error',
    rule: 'A model id that is not offered (gateway names and Bedrock ids among them).',
    check: (call) => (modelOf(call) ? undefined : `model: ${String(call.body['model'])}`),
  },
  refuse(
    'max-tokens',
    '`max_tokens` missing, not a whole number, below 1 or above what the model can write.',
    forMessages((call) => {
      const value = call.body['max_tokens'];
      const limit = modelOf(call)?.maxOutputTokens ?? 0;
      if (value === undefined) return 'max_tokens: Field required';
      if (typeof value !== 'number' || !Number.isInteger(value))
        return 'max_tokens: Input should be a valid integer';
      if (value < 1) return 'max_tokens: must be greater than or equal to 1';
      return value > limit
        ? `max_tokens: ${value} > ${limit}, the most output tokens of ${String(call.body['model'])}`
        : undefined;
    }),
  ),
  refuse('stream-not-boolean', '`stream` that is no boolean.', ({ body }) =>
    body['stream'] === undefined || typeof body['stream'] === 'boolean'
      ? undefined
      : 'stream: Input should be a valid boolean',
  ),
  refuse(
    'sampling-range',
    '`temperature` or `top_p` outside 0..1, `top_k` that is no whole number of at least 0.',
    (call) => {
      const fault = inRange(call, 'temperature', 0, 1) ?? inRange(call, 'top_p', 0, 1);
      if (fault !== undefined) return fault;
      const topK = call.body['top_k'];
      const valid = topK === undefined || (Number.isInteger(topK) && (topK as number) >= 0);
      return valid ? undefined : 'top_k: Input should be a whole number of at least 0';
    },
  ),
  refuse(
    'sampling-both',
    '`temperature` together with `top_p` on models from the 4.5 generation on.',
    (call) =>
      modelOf(call)?.oneSamplingField &&
      call.body['temperature'] !== undefined &&
      call.body['top_p'] !== undefined
        ? 'temperature: cannot be given together with `top_p` for this model'
        : undefined,
  ),
  refuse(
    'sampling-none',
    '`temperature` other than 1, `top_p` or `top_k` on models that take none of them.',
    (call) => {
      if (modelOf(call)?.takesSampling !== false) return undefined;
      const { temperature = 1, top_p: topP, top_k: topK } = call.body;
      if (temperature !== 1) return 'temperature: not supported for this model';
      if (topP !== undefined) return 'top_p: not supported for this model';
      return topK === undefined ? undefined : 'top_k: not supported for this model';
    },
  ),
  refuse(
    'stop-sequences',
    '`stop_sequences` that is no list of strings with something other than white space.',
    (call) => {
      const value = call.body['stop_sequences'];
      if (value === undefined) return undefined;
      if (!Array.isArray(value)) return 'stop_sequences: Input should be a valid list';
      const bad = value.findIndex((entry) => typeof entry !== 'string' || entry.trim() === '');
      return bad < 0 ? undefined : `stop_sequences.${bad}: each must be a string with non-whitespace`;
    },
  ),
  refuse(
    'metadata',
    '`metadata` with anything but `user_id`, or a `user_id` that is no string of at most 256 characters or an e-mail address.',
    ({ body }) => {
      const value = body['metadata'];
      if (value === undefined) return undefined;
      if (!isObject(value)) return 'metadata: Input should be an object';
      const extra = extraField(value, ['user_id']);
      if (extra !== undefined) return `metadata.${extra}: Extra inputs are not permitted`;
      const user = value['user_id'];
      if (user === undefined || user === null) return undefined;
      if (typeof user !== 'string' || user.length > 256)
        return 'metadata.user_id: String of at most 256 characters';
      return /[^\s@]+@[^\s@]+\.[^\s@]+/.test(user)
        ? 'metadata.user_id: appears to contain an email address'
        : undefined;
    },
  ),
  refuse('service-tier', '`service_tier` other than `auto` and `standard_only`.', ({ body }) =>
    body['service_tier'] === undefined || ['auto', 'standard_only'].includes(body['service_tier'] as string)
      ? undefined
      : "service_tier: Input should be 'auto' or 'standard_only'",
  ),
];
