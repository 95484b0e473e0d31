/**
 * What a request to the admin API asks for: its query and its body together, checked against the endpoint's schema.
 *
 * `curl -d '{…}'` announces a form and sends JSON text, and people's scripts do that; so the text decides, not the
 * announcement.
 */
import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { didYouMean } from '../config/did-you-mean';
import { GatewayError } from '../errors';
import type { Exchange } from '../http/exchange';
import { readShortBody } from '../http/incoming-body';
import type { Services } from '../services';
import type { JsonSchema } from './json-schema';
import { refuseUnstorable } from './storable-text';

/** Bytes. */
const LONGEST_BODY = 1024 * 1024;

const ajv = new Ajv({ allowUnionTypes: true });
addFormats(ajv);
const compiled = new WeakMap<JsonSchema, ValidateFunction>();

/**
 * Fields of LiteLLM's that mean nothing here. Their neutral values are what its clients send along; any other would
 * be a wish that nobody fulfils, so it is refused rather than forgotten.
 */
const FOREIGN_FIELDS = [
  'access_group_ids',
  'agent_id',
  'aliases',
  'allowed_cache_controls',
  'allowed_passthrough_routes',
  'allowed_routes',
  'auto_rotate',
  'budget_fallbacks',
  'budget_limits',
  'config',
  'enforced_params',
  'guardrails',
  'key_type',
  'model_max_budget',
  'model_rpm_limit',
  'model_tpm_limit',
  'object_permission',
  'organization_id',
  'organizations',
  'permissions',
  'policies',
  'project_id',
  'prompts',
  'rotation_interval',
  'router_settings',
  'rpm_limit_type',
  'send_invite_email',
  'soft_budget',
  'tags',
  'team_id',
  'teams',
  'tpm_limit_type',
  'user_role',
];

type Fields = Record<string, unknown>;

/** @param caller whose memory a body takes: an administrator, or a key's account */
export async function readInput(
  { bodies }: Pick<Services, 'bodies'>,
  exchange: Exchange,
  caller: string,
  schema: JsonSchema,
  fromPath: Readonly<Record<string, string>>,
  longest = LONGEST_BODY,
): Promise<unknown> {
  const query = (exchange.request.url ?? '').split('?', 2)[1] ?? '';
  const body =
    exchange.request.method === 'POST'
      ? readFields(await readShortBody(exchange, longest, bodies, caller), exchange, schema)
      : {};
  return checkInput({ ...readWords(new URLSearchParams(query), schema), ...body, ...fromPath }, schema);
}

/** What a form says, as if it had come to the endpoint itself. Throws `request_invalid`. */
export const readForm = (words: URLSearchParams, schema: JsonSchema): unknown =>
  checkInput(readWords(words, schema), schema);

function checkInput(fields: Fields, schema: JsonSchema): unknown {
  refuseUnstorable(fields);
  check(schema, withoutForeign(fields, schema));
  return fields;
}

function readFields(bytes: Buffer, exchange: Exchange, schema: JsonSchema): Fields {
  const body = bytes.toString('utf8').trim();
  if (body === '') return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    const isForm = /^application\/x-www-form-urlencoded\b/i.test(
      exchange.request.headers['content-type'] ?? '',
    );
    if (!isForm || !/^[\w.%+-]+=/.test(body)) throw new GatewayError('body_not_json');
    return readWords(new URLSearchParams(body), schema);
  }
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed))
    throw new GatewayError('request_invalid', {
      message: 'The body must be a JSON object.',
      param: 'request_body',
    });
  return parsed as Fields;
}

/** Queries and forms have text only; the schema says what is a number or a flag. */
function readWords(words: URLSearchParams, schema: JsonSchema): Fields {
  const fields: Fields = {};
  for (const [name, word] of words) {
    const type = [schema.properties?.[name]?.type ?? []].flat();
    if (word === '' && !type.includes('string')) continue;
    if (type.includes('boolean') && /^(true|false)$/i.test(word))
      fields[name] = word.toLowerCase() === 'true';
    else if (
      (type.includes('number') || type.includes('integer')) &&
      word.trim() !== '' &&
      !Number.isNaN(Number(word))
    )
      fields[name] = Number(word);
    else if (type.includes('array')) fields[name] = [...((fields[name] as string[]) ?? []), word];
    else fields[name] = word;
  }
  return fields;
}

const isNeutral = (value: unknown): boolean =>
  value == null ||
  value === false ||
  value === 'default' ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === 'object' && Object.keys(value).length === 0);

/** Takes neutral foreign fields out of `fields`, which it returns. */
function withoutForeign(fields: Fields, schema: JsonSchema): Fields {
  const known = Object.keys(schema.properties ?? {});
  for (const name of Object.keys(fields)) {
    if (known.includes(name)) continue;
    const isForeign = FOREIGN_FIELDS.includes(name);
    if (isForeign && isNeutral(fields[name])) {
      delete fields[name];
      continue;
    }
    const shown = name.slice(0, 64);
    const meant = didYouMean(name, known);
    throw new GatewayError('request_invalid', {
      message: isForeign
        ? `'${shown}' is a field of LiteLLM's that this gateway does not apply; leave it out.`
        : `'${shown}' is not a field of this request.${meant ? ` Did you mean '${meant}'?` : ''}`,
      param: shown,
    });
  }
  return fields;
}

function check(schema: JsonSchema, fields: Fields): void {
  const validate = compiled.get(schema) ?? ajv.compile(schema);
  compiled.set(schema, validate);
  if (validate(fields)) return;
  const [error] = validate.errors ?? [];
  throw new GatewayError('request_invalid', { message: describe(error), param: placeOf(error) });
}

function placeOf(error: ErrorObject | undefined): string {
  const missing = (error?.params as { missingProperty?: string } | undefined)?.missingProperty;
  return missing ?? (error?.instancePath.slice(1).split('/')[0] || 'request_body');
}

/** Never with the value: it may be a key. */
function describe(error: ErrorObject | undefined): string {
  const place = placeOf(error);
  if (error?.keyword === 'additionalProperties') {
    const { additionalProperty } = error.params as { additionalProperty: string };
    return `'${additionalProperty.slice(0, 64)}' is not a field of what ${place} holds.`;
  }
  if (error?.keyword === 'required') return `${place} is required.`;
  if (error?.keyword === 'minimum' && place.startsWith('max_budget')) return `${place} cannot be negative.`;
  if (error?.keyword === 'enum') {
    const { allowedValues } = error.params as { allowedValues: (string | number | null)[] };
    return `${place} must be one of ${allowedValues.filter((value) => value !== null).join(', ')}.`;
  }
  return `${place} ${error?.message ?? 'is not valid'}.`;
}
