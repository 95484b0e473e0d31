/**
 * Fits a JSON schema to what Anthropic's structured outputs take: of every object its members are listed, and bounds on
 * values, which the model cannot be held to, are told to it in words instead.
 *
 * Source: Anthropic's documentation of structured outputs, "JSON Schema limitations".
 */
import { isJsonObject, type Json } from './read-answer';

const KEPT = new Set([
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
  'properties',
  'required',
  'title',
  'type',
]);

const FORMATS = ['date', 'date-time', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'time', 'uri', 'uuid'];

/** Members that hold schemas by name, and lists of schemas. */
const BY_NAME = ['$defs', 'definitions', 'properties'];
const LISTS = ['allOf', 'anyOf'];
/** Notes of the schema's author that bound nothing. */
const SILENT = new Set(['$comment', '$id', '$schema', 'examples']);

export function cleanSchema(schema: Json): Json {
  const clean: Record<string, unknown> = {};
  const told: string[] = [];
  for (const [name, value] of Object.entries(schema)) {
    // The same choice, in the only one of the two words that is taken.
    if (name === 'oneOf') clean['anyOf'] = cleanList(value);
    else if (isKept(name, value)) clean[name] = cleanMember(name, value);
    else if (!SILENT.has(name)) told.push(`${name}: ${JSON.stringify(value)}`);
  }
  if (isObjectSchema(schema)) clean['additionalProperties'] = false;
  if (told.length > 0)
    clean['description'] = [clean['description'], `(${told.join(', ')})`]
      .filter((part) => typeof part === 'string' && part !== '')
      .join(' ');
  return clean;
}

function isKept(name: string, value: unknown): boolean {
  if (name === 'format') return FORMATS.includes(value as string);
  if (name === 'minItems') return value === 0 || value === 1;
  return KEPT.has(name);
}

function cleanMember(name: string, value: unknown): unknown {
  if (LISTS.includes(name)) return cleanList(value);
  if (BY_NAME.includes(name) && isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cleanAny(inner)]));
  return name === 'items' ? cleanAny(value) : value;
}

const cleanAny = (value: unknown): unknown => (isJsonObject(value) ? cleanSchema(value) : value);
const cleanList = (value: unknown): unknown => (Array.isArray(value) ? value.map(cleanAny) : value);

function isObjectSchema({ type, properties }: Json): boolean {
  return type === 'object' || (Array.isArray(type) && type.includes('object')) || properties !== undefined;
}
