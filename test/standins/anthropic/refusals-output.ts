/** Refusals that concern what is asked of the answer: effort, and a schema to follow. */
import { betasOf, extraField, isObject, list, modelOf, type Call, type Json } from './call';
import { first, refuse, type Refusal } from './refusal';

const EFFORT_BETA = 'effort-2025-11-24';
const KEYWORDS = [
  '$defs',
  '$ref',
  'additionalProperties',
  'allOf',
  'anyOf',
  'const',
  'default',
  'definitions',
  'description',
  'enum',
  'format',
  'items',
  'minItems',
  'properties',
  'required',
  'title',
  'type',
];

function effortFault(call: Call, effort: unknown): string | undefined {
  if (effort === undefined) return undefined;
  const { reasoning, efforts = [] } = modelOf(call) ?? {};
  const isTaken = reasoning === 'adaptive' || (reasoning === 'effort' && betasOf(call).includes(EFFORT_BETA));
  if (!isTaken) return 'output_config.effort: Extra inputs are not permitted';
  return efforts.includes(effort as string)
    ? undefined
    : `output_config.effort: one of ${efforts.join(', ')}`;
}

function schemaFault(path: string, schema: unknown): string | undefined {
  if (!isObject(schema)) return undefined;
  const extra = extraField(schema, KEYWORDS);
  if (extra !== undefined) return `${path}: '${extra}' is not supported`;
  const { type, properties, items } = schema;
  if ((type === 'object' || properties !== undefined) && schema['additionalProperties'] !== false)
    return `${path}: For 'object' type, 'additionalProperties' must be explicitly set to false`;
  const named = [properties, schema['$defs'], schema['definitions']].flatMap((each) =>
    Object.values(asJson(each)),
  );
  const chosen = [...list(schema['anyOf']), ...list(schema['allOf'])];
  return first([...named, ...chosen, items], (inner) => schemaFault(path, inner));
}

const asJson = (value: unknown): Json => (isObject(value) ? value : {});

export const OUTPUT_REFUSALS: readonly Refusal[] = [
  refuse(
    'output-config',
    '`output_config` with anything but an `effort` its model takes (with the beta where it is one) and a `format` of type json_schema.',
    (call) => {
      const config = call.body['output_config'];
      if (config === undefined) return undefined;
      if (!isObject(config)) return 'output_config: Input should be an object';
      const extra = extraField(config, ['effort', 'format']);
      if (extra !== undefined) return `output_config.${extra}: Extra inputs are not permitted`;
      const { format } = config;
      const isFormat =
        format === undefined ||
        (isObject(format) && format['type'] === 'json_schema' && isObject(format['schema']));
      return (
        effortFault(call, config['effort']) ?? (isFormat ? undefined : 'output_config.format: a json_schema')
      );
    },
  ),
  refuse(
    'output-schema',
    'A schema to follow with a keyword that is not supported, or an object in it that is open to further members.',
    ({ body }) =>
      schemaFault('output_config.format.schema', asJson(asJson(body['output_config'])['format'])['schema']),
  ),
];
