/**
 * What a call may ask for that would cost or do something beside the tokens it is priced by: neither budget nor ledger
 * would see it. It is refused by name, on every protocol and before the protocol reads the body, rather than left out:
 * the client counts on it. What may pass has its price in the catalog.
 *
 * Fields: https://platform.claude.com/docs/en/api/messages, https://platform.openai.com/docs/api-reference/chat.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '../errors';
import { cut } from '../model/cut';
import { checkCount, checkLength } from '../model/request-limits';

interface Refused {
  /** Completes "… is not offered, since". */
  readonly reason: string;
  /** Values that ask for what happens anyway. @default none but null */
  readonly harmless?: readonly unknown[];
}

/** Members of a body, at its top. */
export const REFUSED_FIELDS: Readonly<Record<string, Refused>> = {
  audio: { reason: 'spoken answers have a price of their own' },
  background: { reason: 'it lets the provider go on when nobody waits', harmless: [false] },
  container: { reason: 'it runs code at the provider' },
  inference_geo: { reason: 'it changes the price' },
  mcp_servers: { reason: 'it lets the provider call other servers' },
  modalities: { reason: 'answers other than text have a price of their own', harmless: [['text']] },
  plugins: { reason: 'it lets the provider do more than answer' },
  // `auto` may use capacity that is paid for already; any other tier has its own price.
  service_tier: { reason: 'it changes the price', harmless: ['auto', 'default', 'standard_only'] },
  speed: { reason: 'it changes the price', harmless: ['standard'] },
  store: { reason: 'it keeps the conversation at the provider', harmless: [false] },
  web_search_options: { reason: 'it lets the provider search the web, at a price of its own' },
};

interface RefusedBeta {
  /** What all its versions begin with. */
  readonly prefix: string;
  readonly reason: string;
}

/** Features asked for in the header `anthropic-beta`. */
export const REFUSED_BETAS: readonly RefusedBeta[] = [
  { prefix: 'code-execution-', reason: 'it runs code at the provider' },
  { prefix: 'computer-use-', reason: 'it lets the model operate a computer' },
  { prefix: 'context-1m-', reason: 'long prompts have a price of their own' },
  { prefix: 'fast-mode-', reason: 'it has a price of its own' },
  { prefix: 'files-api-', reason: 'it keeps files at the provider' },
  { prefix: 'mcp-client-', reason: 'it lets the provider call other servers' },
  { prefix: 'skills-', reason: 'it runs code at the provider' },
  { prefix: 'web-fetch-', reason: 'it lets the provider fetch pages' },
  { prefix: 'web-search-', reason: 'it lets the provider search the web, at a price of its own' },
];

const BETA_HEADER = 'anthropic-beta';
const LONGEST_NAME = 64;
const FIELDS = Object.entries(REFUSED_FIELDS);

/** @throws GatewayError `request_invalid` that names the field or beta */
export function refuseBeyondTokens(body: unknown, headers: IncomingHttpHeaders): void {
  const beta = betasIn(headers).find((name) => REFUSED_BETAS.some(({ prefix }) => name.startsWith(prefix)));
  if (beta !== undefined) {
    const reason = REFUSED_BETAS.find(({ prefix }) => beta.startsWith(prefix))?.reason;
    throw new GatewayError('request_invalid', {
      message: `anthropic-beta: ${cut(beta, LONGEST_NAME)} is not offered, since ${reason}. Leave it out.`,
      param: 'anthropic-beta',
    });
  }
  if (body === null || typeof body !== 'object') return;
  for (const [name, { reason, harmless = [] }] of FIELDS) {
    if (!Object.hasOwn(body, name)) continue;
    const value = (body as Readonly<Record<string, unknown>>)[name];
    if (value === null || harmless.some((each) => isSame(each, value))) continue;
    const others = harmless.map((each) => JSON.stringify(each)).join(', ');
    throw new GatewayError('request_invalid', {
      message: `${name}: this field is not offered, since ${reason}. Leave it out${others && `, or send ${others}`}.`,
      param: name,
    });
  }
}

/** The names in the header `anthropic-beta`, each once. Throws `request_invalid` for one that is too long. */
export function betasIn(headers: IncomingHttpHeaders): readonly string[] {
  const sent = headers['anthropic-beta'];
  if (sent === undefined) return [];
  const text = String(sent);
  checkLength(BETA_HEADER, text, 'betaHeader');
  // bounded: `betaHeader`
  const names = text.split(',').map((name) => name.trim());
  const betas = [...new Set(names.filter((name) => name !== ''))];
  checkCount(BETA_HEADER, betas.length, 'betas');
  return betas;
}

const isSame = (a: unknown, b: unknown): boolean =>
  a === b ||
  (Array.isArray(a) &&
    Array.isArray(b) &&
    a.length === b.length &&
    a.every((each, index) => each === b[index]));
