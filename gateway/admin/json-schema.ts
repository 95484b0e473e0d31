/** The words that inputs and answers of the admin API are described with: JSON Schema, as data. */

export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly enum?: readonly (string | number | null)[];
  readonly anyOf?: readonly JsonSchema[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

type Properties = Readonly<Record<string, JsonSchema>>;

/** An object with exactly these fields, each of which may be left out unless it is named. */
export const input = (properties: Properties, required: readonly string[] = []): JsonSchema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

/** An answer: all of these fields, and perhaps more. */
export const answer = (properties: Properties): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
});

export const listOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items });

/** The same, or null. */
export const orNull = (schema: JsonSchema): JsonSchema => ({
  ...schema,
  type: [...[schema.type ?? 'string'].flat(), 'null'],
  ...(schema.enum ? { enum: [...schema.enum, null] } : {}),
});

// Postgres text cannot hold a NUL; names go into log lines and tables for people.
const NO_CONTROLS = '^[^\\u0000-\\u001f\\u007f]*$';

export const text = (description?: string, maxLength = 256): JsonSchema => ({
  type: 'string',
  minLength: 1,
  maxLength,
  pattern: NO_CONTROLS,
  ...(description === undefined ? {} : { description }),
});

export const string: JsonSchema = { type: 'string' };
export const flag: JsonSchema = { type: 'boolean' };
export const number: JsonSchema = { type: 'number' };
export const count: JsonSchema = { type: 'integer', minimum: 0 };
export const time: JsonSchema = { type: 'string', format: 'date-time' };
export const anything: JsonSchema = {};
export const freeObject: JsonSchema = { type: 'object', additionalProperties: true };

export const usd: JsonSchema = { type: 'number', minimum: 0, maximum: 1_000_000, description: 'US dollars.' };
export const limit: JsonSchema = { type: 'integer', minimum: 1, maximum: 1_000_000_000 };
export const budgetDuration: JsonSchema = {
  type: 'string',
  maxLength: 16,
  description:
    '1d, 7d, 30d or none: a day, a week from Monday, a calendar month, or for good. Another length of time is rounded up to the next.',
};
export const duration: JsonSchema = {
  type: 'string',
  pattern: '^([1-9]\\d{0,5}(s|m|h|d|w|mo)|-1)$',
  description: '"30m", "12h", "90d"; "-1": as long as the policy allows.',
};
export const date: JsonSchema = {
  type: 'string',
  pattern: '^\\d{4}-\\d{2}-\\d{2}$',
  description: 'YYYY-MM-DD.',
};
