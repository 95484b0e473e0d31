/** Mutated request bodies of every protocol, through everything that happens before a provider is asked. */
import { validateHeaderName, validateHeaderValue } from 'node:http';
import fc from 'fast-check';
import type { CallContext } from '../../gateway/call-context';
import { renderErrorBody } from '../../gateway/errors';
import { asGatewayError } from '../../gateway/http/exchange';
import { LEVELS, type Level } from '../../src/levels';
import { byteMutation, mutateBytes, type ByteMutation } from './byte-mutation';
import { jsonMutation, mutateJson, type JsonMutation } from './json-mutation';
import { prepare, servicesOf, type PreparedCall } from './prepared-call';
import { PROTOCOLS } from './protocols';
import { PROVIDERS } from './providers';
import { refusalOf } from './provider-refusal';
import { BETAS, REQUESTS } from './request-bodies';
import type { Target } from './target';

export interface RequestCase {
  readonly protocol: number;
  readonly start: number;
  readonly level: Level;
  readonly betas: number | undefined;
  readonly json: readonly JsonMutation[];
  readonly bytes: readonly ByteMutation[];
}

const LARGE = 0xffff;
/** Characters. A refusal says what is wrong, it does not send the body back. */
const LONGEST_MESSAGE = 2_000;
/** An upstream body for a byte of the client's, beside what the gateway adds of its own. */
const MOST_GROWTH = 8;
const OWN_BYTES = 100_000;

export const requestCase: fc.Arbitrary<RequestCase> = fc.record(
  {
    protocol: fc.nat(LARGE),
    start: fc.nat(LARGE),
    level: fc.constantFrom(...LEVELS),
    betas: fc.option(fc.nat(BETAS.length - 1), { nil: undefined, freq: 8 }),
    json: fc.array(jsonMutation, { maxLength: 4 }),
    bytes: fc.oneof(
      { weight: 4, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(byteMutation, { minLength: 1, maxLength: 3 }) },
    ),
  },
  { noNullPrototype: true },
);

const ENTRIES = PROTOCOLS.flatMap((protocol) =>
  (REQUESTS[protocol.name] ?? []).map(({ body, headers }) => ({
    protocol,
    headers,
    // Inside another value, so that the root can be changed as well.
    text: JSON.stringify({ root: body }),
  })),
);

export interface MadeRequest {
  readonly protocol: (typeof PROTOCOLS)[number];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export function makeRequest({ protocol, start, betas, json, bytes }: RequestCase): MadeRequest {
  const own = ENTRIES.filter((entry) => entry.protocol === PROTOCOLS[protocol % PROTOCOLS.length]);
  const entry = own[start % own.length];
  if (entry === undefined) throw new Error(`no bodies to start from for protocol ${protocol}`);
  const holder = JSON.parse(entry.text) as { root: unknown };
  mutateJson(holder, json);
  const headers = {
    ...entry.headers,
    ...(betas === undefined ? {} : { 'anthropic-beta': BETAS[betas] ?? '' }),
  };
  const text = JSON.stringify(holder.root) ?? '';
  return { protocol: entry.protocol, headers, body: mutateBytes(Buffer.from(text), bytes) };
}

const services = servicesOf(PROVIDERS);

function check(one: RequestCase): boolean {
  const { protocol, headers, body } = makeRequest(one);
  let call: CallContext | undefined;
  let prepared: PreparedCall;
  try {
    prepared = prepare(services, protocol, one.level, headers, body, (begun) => (call = begun));
  } catch (fault) {
    checkRefusal(fault, protocol.dialect);
    if (call) checkHeaders(call);
    return false;
  }
  checkHeaders(prepared.call);
  checkPrompt(prepared.call, one.level);
  for (const { candidate, request } of prepared.upstream) {
    const { provider } = candidate;
    const sent: unknown = JSON.parse(request.body.toString());
    if (sent === null || typeof sent !== 'object') throw new Error(`${provider.name}: no object is sent`);
    const members = prepared.call.bodies.get(provider)?.members;
    if (members?.length !== Buffer.byteLength(String(members)))
      throw new Error(`${provider.name}: the body is not as long as was said, ${members?.length} bytes`);
    const size = request.body.length;
    if (size > MOST_GROWTH * body.length + OWN_BYTES)
      throw new Error(`${provider.name}: ${body.length} bytes have become ${size}`);
    const refused = refusalOf(protocol, provider, request, sent);
    if (refused !== undefined) throw new Error(`${provider.name} would refuse what was accepted: ${refused}`);
  }
  return true;
}

/** Whatever is thrown is a refusal of the table, and the client's fault. */
export function checkRefusal(fault: unknown, dialect: 'openai' | 'anthropic'): void {
  const error = asGatewayError(fault);
  if (error.code === 'internal_error') throw fault;
  if (error.status < 400 || error.status > 499)
    throw new Error(`the refusal's status is ${error.status}: ${error.message}`);
  if (error.message.length > LONGEST_MESSAGE)
    throw new Error(`the message has ${error.message.length} characters: ${error.message.slice(0, 200)}`);
  if ((error.param ?? '').length > LONGEST_MESSAGE)
    throw new Error(`the param has ${error.param?.length} characters`);
  JSON.parse(renderErrorBody(error, dialect, 'request'));
}

function checkHeaders({ headers }: CallContext): void {
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    if (value.length > LONGEST_MESSAGE) throw new Error(`${name} has ${value.length} characters`);
  }
}

/** The level's words come first, and only there. */
function checkPrompt(call: CallContext, level: Level): void {
  const prompt = call.services.prompts.textOf(level);
  if (prompt === undefined || prompt === '') return;
  const texts = call.request.system.map(({ text }) => text);
  if (texts[0] !== prompt) throw new Error('the prompt does not come first');
  if (texts.slice(1).some((text) => text.includes(prompt))) throw new Error('the prompt comes twice');
}

export const requests: Target<RequestCase> = {
  name: 'requests',
  cases: requestCase,
  check,
  show(one) {
    const { protocol, headers, body } = makeRequest(one);
    return { protocol: protocol.name, level: one.level, headers, body: body.toString('utf8') };
  },
};
