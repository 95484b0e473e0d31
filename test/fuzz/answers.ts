/** Mutated bodies of whole answers and of refusals, of every provider, written for the clients of every protocol. */
import fc from 'fast-check';
import { GatewayError, renderErrorBody } from '../../gateway/errors';
import { asGatewayError } from '../../gateway/http/exchange';
import type { Protocol } from '../../gateway/protocols/protocol';
import { byteMutation, mutateBytes, type ByteMutation } from './byte-mutation';
import { jsonMutation, mutateJson, type JsonMutation } from './json-mutation';
import { PROTOCOLS } from './protocols';
import { checkUsage } from './streams';
import type { Target } from './target';
import { UPSTREAMS } from './upstreams';

export interface AnswerCase {
  readonly upstream: number;
  readonly start: number;
  readonly status: number;
  readonly wait: string | undefined;
  readonly json: readonly JsonMutation[];
  readonly bytes: readonly ByteMutation[];
}

const LARGE = 0xffff;
/** Characters. */
const LONGEST_MESSAGE = 2_000;
const MOST_GROWTH = 8;
const OWN_TEXT = 20_000;

export const answerCase: fc.Arbitrary<AnswerCase> = fc.record(
  {
    upstream: fc.nat(LARGE),
    start: fc.nat(LARGE),
    status: fc.oneof(
      fc.constant(200),
      fc.constantFrom(204, 301, 400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 529, 600),
    ),
    wait: fc.constantFrom(
      undefined,
      '1',
      '-1',
      '1e400',
      'Wed, 21 Oct 2015 07:28:00 GMT',
      '99999999999',
      'soon',
    ),
    json: fc.array(jsonMutation, { maxLength: 4 }),
    bytes: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(byteMutation, { minLength: 1, maxLength: 3 }) },
    ),
  },
  { noNullPrototype: true },
);

const upstreamOf = ({ upstream }: AnswerCase) => {
  const found = UPSTREAMS[upstream % UPSTREAMS.length];
  if (found === undefined) throw new Error('no provider');
  return found;
};

export function makeAnswer(one: AnswerCase): string {
  const { bodies } = upstreamOf(one);
  const holder = JSON.parse(JSON.stringify({ root: bodies[one.start % bodies.length] })) as { root: unknown };
  mutateJson(holder, one.json);
  return mutateBytes(Buffer.from(JSON.stringify(holder.root) ?? ''), one.bytes).toString('utf8');
}

function check(one: AnswerCase): boolean {
  const { provider } = upstreamOf(one);
  const text = makeAnswer(one);
  if (one.status !== 200) {
    const headers = one.wait === undefined ? {} : { 'retry-after': one.wait };
    checkError(provider.readError(one.status, headers, text));
    return false;
  }
  let answer;
  try {
    answer = provider.readAnswer(text);
  } catch (fault) {
    checkError(asGatewayError(fault));
    return false;
  }
  checkUsage(answer.usage);
  if (answer.fault) {
    checkError(answer.fault);
    return false;
  }
  for (const protocol of PROTOCOLS) {
    const frame = { model: 'claude-sonnet', created: 1, requestId: 'request', includeUsage: true };
    const written = protocol.renderAnswer(answer, frame);
    if (written.length > MOST_GROWTH * text.length + OWN_TEXT)
      throw new Error(`${text.length} characters have become ${written.length}`);
    checkBody(protocol, JSON.parse(written));
  }
  return true;
}

/** Never a fault of ours, never the client's own key, never a wall of text, and no wait without end. */
function checkError(error: GatewayError): void {
  if (!(error instanceof GatewayError) || error.code === 'internal_error')
    throw new Error('it counts as a fault of the gateway', { cause: error.cause });
  if (error.status < 400 || error.status > 599 || error.status === 401)
    throw new Error(`the client is told ${error.status}`);
  if (error.message.length > LONGEST_MESSAGE)
    throw new Error(`the message has ${error.message.length} characters`);
  const wait = error.headers['retry-after'];
  if (wait !== undefined && !/^\d{1,3}$/.test(wait)) throw new Error(`retry-after is ${wait}`);
  JSON.parse(renderErrorBody(error, 'openai', 'request'));
}

interface Completion {
  readonly object?: unknown;
  readonly choices?: readonly {
    readonly finish_reason?: unknown;
    readonly message?: { readonly content?: unknown; readonly tool_calls?: readonly ToolCall[] };
  }[];
}

interface ToolCall {
  readonly id?: unknown;
  readonly function?: { readonly name?: unknown; readonly arguments?: unknown };
}

/** What clients read without looking. */
function checkBody({ dialect }: Protocol, body: unknown): void {
  if (dialect !== 'openai') return;
  const { object, choices } = body as Completion;
  if (object !== 'chat.completion') return;
  const [choice] = choices ?? [];
  if (typeof choice?.finish_reason !== 'string') throw new Error('there is no finish reason');
  const { content, tool_calls: calls = [] } = choice.message ?? {};
  if (content !== null && typeof content !== 'string') throw new Error('the content is no text');
  for (const { id, function: called } of calls) {
    if (typeof id !== 'string' || typeof called?.name !== 'string')
      throw new Error('a tool call has no name');
    if (typeof called.arguments !== 'string') throw new Error('the arguments are no text');
    JSON.parse(called.arguments);
  }
}

export const answers: Target<AnswerCase> = {
  name: 'answers',
  cases: answerCase,
  check,
  show: (one) => ({
    provider: upstreamOf(one).provider.name,
    status: one.status,
    retry_after: one.wait,
    body: makeAnswer(one),
  }),
};
