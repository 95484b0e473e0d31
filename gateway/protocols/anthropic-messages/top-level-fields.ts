/** The members of a request body that are taken; all others are refused. */
import { GatewayError } from '../../errors';
import { cut } from '../../model/cut';
import { checkCount } from '../../model/request-limits';
import type { Fields } from '../fields';

/** Of a call, and of the question how many tokens it has. */
const COMMON = [
  'cache_control',
  'context_management',
  'messages',
  'model',
  'output_config',
  'output_format',
  'system',
  'thinking',
  'tool_choice',
  'tools',
];

/**
 * Taken and left out: what the provider would do by them is the client's to do, and is not missed. The conversation goes
 * on as the client has it.
 */
export const LEFT_OUT = ['context_management'] as const;

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
  const names = Object.keys(fields);
  const extra = names.find((name) => !taken.has(name));
  if (extra !== undefined) throw extraField(shortName(extra));
  checkCount('request_body', names.length, 'bodyFields');
}

const LONGEST_NAME = 64;

/** The name of a member as an error has it. */
export const shortName = (name: string): string => cut(name, LONGEST_NAME);

export function extraField(param: string): GatewayError {
  return new GatewayError('request_invalid', {
    message: `${param}: extra fields are not permitted.`,
    param,
  });
}
