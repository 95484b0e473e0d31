/** The members of a request body that are taken; all others are refused. */
import { GatewayError } from '../../errors';
import type { Fields } from '../fields';

/** Of a call, and of the question how many tokens it has. */
const COMMON = [
  'cache_control',
  'messages',
  'model',
  'output_config',
  'output_format',
  'system',
  'thinking',
  'tool_choice',
  'tools',
];

export const COUNT_FIELDS: ReadonlySet<string> = new Set(COMMON);

export const CALL_FIELDS: ReadonlySet<string> = new Set([
  ...COMMON,
  'max_tokens',
  'metadata',
  'service_tier',
  'stop_sequences',
  'stream',
  'temperature',
  'top_k',
  'top_p',
]);

/** Refuses a body that has a member which is not taken: the provider would as well, and may not for ever. */
export function checkFields(fields: Fields, taken: ReadonlySet<string>): void {
  const extra = Object.keys(fields).find((name) => !taken.has(name));
  if (extra !== undefined) throw extraField(extra.slice(0, 64));
}

export function extraField(param: string): GatewayError {
  return new GatewayError('request_invalid', {
    message: `${param}: extra fields are not permitted.`,
    param,
  });
}
