/** The members of a request body: which are taken, and which are refused and why. */
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

/** What costs or acts beyond the tokens of the call, so that neither budget nor ledger would see it. */
export const REFUSED_FIELDS: Readonly<Record<string, string>> = {
  container: 'it runs code at the provider',
  context_management: 'it lets the provider change the conversation',
  inference_geo: 'it changes the price',
  mcp_servers: 'it lets the provider call other servers',
  speed: 'it changes the price',
};

/** Refuses a body that has a member which is not taken: the provider would as well, and may not for ever. */
export function checkFields(fields: Fields, taken: ReadonlySet<string>): void {
  for (const name of Object.keys(fields)) {
    if (taken.has(name)) continue;
    const reason = Object.hasOwn(REFUSED_FIELDS, name) ? REFUSED_FIELDS[name] : undefined;
    throw extraField(name.slice(0, 64), reason);
  }
}

export function extraField(param: string, reason?: string): GatewayError {
  return new GatewayError('request_invalid', {
    message: reason
      ? `${param}: this field is not offered, since ${reason}.`
      : `${param}: extra fields are not permitted.`,
    param,
  });
}
