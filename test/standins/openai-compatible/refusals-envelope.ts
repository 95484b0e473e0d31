/** Refusals that concern the request as a whole: address, key, top-level fields and their ranges. */
import { extraField, isObject, list, refuse, type Call, type Refusal } from './call';

export const PATH = '/v1/chat/completions';

const FIELDS = [
  'frequency_penalty',
  'logit_bias',
  'messages',
  'model',
  'parallel_tool_calls',
  'presence_penalty',
  'reasoning_effort',
  'response_format',
  'seed',
  'stop',
  'stream',
  'stream_options',
  'temperature',
  'tool_choice',
  'tools',
  'top_p',
  'user',
];
const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'];
const MOST_STOPS = 4;

function rangeFault({ body }: Call, name: string, least: number, most: number): string | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  return typeof value === 'number' && value >= least && value <= most
    ? undefined
    : `${name}: a number from ${least} to ${most}`;
}

function formatFault({ body }: Call): string | undefined {
  const { response_format: format } = body;
  if (format === undefined) return undefined;
  if (!isObject(format)) return 'response_format: an object';
  if (format['type'] === 'text' || format['type'] === 'json_object') return undefined;
  const { json_schema: definition } = format;
  if (format['type'] !== 'json_schema' || !isObject(definition))
    return 'response_format: text, json_object or json_schema';
  const extra = extraField(definition, ['name', 'description', 'schema', 'strict']);
  if (extra !== undefined) return `response_format.json_schema.${extra}: unknown field`;
  if (typeof definition['name'] !== 'string' || !/^[a-zA-Z0-9_-]{1,64}$/.test(definition['name']))
    return 'response_format.json_schema.name: at most 64 letters, digits, "_" and "-"';
  return isObject(definition['schema']) ? undefined : 'response_format.json_schema.schema: an object';
}

export const ENVELOPE_REFUSALS: readonly Refusal[] = [
  refuse(
    'path-unknown',
    `Another path than ${PATH}, or another method than POST.`,
    ({ path, method }) =>
      path === PATH && method === 'POST' ? undefined : `${method} ${path} is not served`,
    404,
  ),
  refuse(
    'api-key',
    'No bearer, or another key than configured.',
    ({ headers, known }) =>
      headers.authorization === `Bearer ${known.apiKey}` ? undefined : 'Incorrect API key provided',
    401,
  ),
  refuse('body-not-json', 'A body that is not a JSON object.', ({ parsed }) =>
    isObject(parsed) ? undefined : 'the body must be a JSON object',
  ),
  refuse('field-unknown', 'A top-level field that the endpoint does not know.', ({ body, known }) => {
    const extra = extraField(body, [...FIELDS, known.tokenLimitField]);
    return extra === undefined ? undefined : `Unrecognized request argument supplied: ${extra}`;
  }),
  refuse(
    'model-unknown',
    'A model that is not offered.',
    ({ body, known }) =>
      known.models.includes(body['model'] as string)
        ? undefined
        : `The model ${String(body['model'])} does not exist`,
    404,
  ),
  refuse('token-limit', 'A token limit that is no whole number above 0.', ({ body, known }) => {
    const value = body[known.tokenLimitField];
    return value === undefined || (Number.isInteger(value) && (value as number) > 0)
      ? undefined
      : `${known.tokenLimitField}: a whole number above 0`;
  }),
  refuse('stream', '`stream` that is no boolean, or `stream_options` without a stream.', ({ body }) => {
    const { stream, stream_options: options } = body;
    if (stream !== undefined && typeof stream !== 'boolean') return 'stream: a boolean';
    if (options === undefined) return undefined;
    if (stream !== true) return 'stream_options: only with stream';
    const extra = isObject(options) ? extraField(options, ['include_usage']) : 'itself';
    return extra === undefined ? undefined : `stream_options.${extra}: unknown`;
  }),
  refuse(
    'ranges',
    '`temperature` outside 0..2, `top_p` outside 0..1, penalties outside -2..2.',
    (call) =>
      rangeFault(call, 'temperature', 0, 2) ??
      rangeFault(call, 'top_p', 0, 1) ??
      rangeFault(call, 'frequency_penalty', -2, 2) ??
      rangeFault(call, 'presence_penalty', -2, 2),
  ),
  refuse('stop', `More than ${MOST_STOPS} stop sequences, or one that is empty.`, ({ body }) => {
    const { stop } = body;
    if (stop === undefined) return undefined;
    const stops = typeof stop === 'string' ? [stop] : list(stop);
    const isFine = stops.length > 0 && stops.every((each) => typeof each === 'string' && each !== '');
    if (!isFine) return 'stop: a text or a list of them, none of them empty';
    return stops.length <= MOST_STOPS ? undefined : `stop: at most ${MOST_STOPS}`;
  }),
  refuse(
    'reasoning-effort',
    `\`reasoning_effort\` other than ${EFFORTS.join(', ')}, or than those of them that it was told to take.`,
    ({ body, known: { efforts = EFFORTS } }) =>
      body['reasoning_effort'] === undefined || efforts.includes(body['reasoning_effort'] as string)
        ? undefined
        : `reasoning_effort: one of ${efforts.join(', ')}`,
  ),
  refuse('response-format', '`response_format` of another shape than OpenAI documents.', formatFault),
];
