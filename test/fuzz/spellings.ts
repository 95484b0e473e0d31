/**
 * Bodies in hostile spellings, of every protocol and for every provider: what is sent says what a plain decoding of the
 * body says, with the prompt before it, and is written, weighed and paid for as such.
 */
import fc from 'fast-check';
import type { CallContext } from '../../gateway/call-context';
import { asGatewayError } from '../../gateway/http/exchange';
import { checkRequest } from '../../gateway/ledger/reservation';
import { dearestOf } from '../../gateway/ledger/money';
import { worstCosts } from '../../gateway/stages/admit';
import { weigh } from '../../gateway/stages/weigh';
import { LEVELS, type Level } from '../../src/levels';
import { spell } from './hostile-spelling';
import { prepare, servicesOf, type PreparedCall } from './prepared-call';
import { PROTOCOLS } from './protocols';
import { COMPATIBLE, PROVIDERS } from './providers';
import { Random } from './random';
import { REQUESTS, type Request } from './request-bodies';
import { checkRefusal } from './requests';
import { checkSaid } from './said';
import { imagesIn, textsToldFirst, type SentBody } from './sent-body';
import type { Target } from './target';

export interface SpelledCase {
  readonly protocol: number;
  readonly start: number;
  readonly level: Level;
  readonly seed: number;
}

const LARGE = 0xffff;
/** Tokens of the least call. */
const LEAST_INPUT = 1_000;

const PIXEL = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'A'.repeat(4_000) } };

/** More to spell, beside the bodies that mutations start from. */
const MORE: Readonly<Record<string, readonly Request[]>> = {
  'anthropic-messages': [
    {
      body: {
        model: 'claude-sonnet-4-5',
        max_tokens: 50,
        system: [{ type: 'text', text: 'Mine.' }],
        messages: [
          { role: 'user', content: [PIXEL, { type: 'text', text: 'look' }] },
          {
            role: 'assistant',
            content: [PIXEL, { type: 'tool_use', id: 't1', name: 'f', input: { a: { b: 'c' } } }],
          },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: [PIXEL] }] },
        ],
        tools: [{ name: 'f', input_schema: { type: 'object', properties: { a: { type: 'object' } } } }],
      },
    },
  ],
  'openai-chat': [
    {
      body: {
        model: 'claude-sonnet-4-5',
        messages: [
          { role: 'system', content: 'Mine.' },
          { role: 'user', content: 'look' },
          {
            role: 'assistant',
            content: null,
            tool_calls: [
              { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":{"b":"c"},"d":[1]}' } },
            ],
          },
          { role: 'tool', tool_call_id: 'c1', content: 'done' },
        ],
        tools: [
          {
            type: 'function',
            function: {
              name: 'f',
              parameters: {
                type: 'object',
                anyOf: [
                  { properties: { a: { type: 'object' } }, required: ['a'] },
                  { properties: { d: {} } },
                ],
              },
            },
          },
        ],
      },
    },
  ],
};

const services = servicesOf(PROVIDERS);

const entriesOf = (name: string): readonly Request[] => [...(REQUESTS[name] ?? []), ...(MORE[name] ?? [])];

function make({ protocol: number, start, seed }: SpelledCase) {
  const protocol = PROTOCOLS[number % PROTOCOLS.length];
  const entries = protocol === undefined ? [] : entriesOf(protocol.name);
  const entry = entries[start % entries.length];
  if (protocol === undefined || entry === undefined) throw new Error('there are no bodies to start from');
  const text = spell(entry.body, new Random(seed), protocol.dialect === 'openai');
  const parsed = JSON.parse(text) as unknown;
  const plain = JSON.stringify(parsed);
  const [spelled, unspelled] = alikeLong(Buffer.from(text), Buffer.from(plain));
  return { protocol, headers: entry.headers ?? {}, parsed, spelled, plain: unspelled };
}

/** With blanks at the end: whether a body is marked for the provider's cache depends on its length. */
function alikeLong(...bodies: [Buffer, Buffer]): [Buffer, Buffer] {
  const length = Math.max(...bodies.map((body) => body.length));
  return bodies.map((body) => Buffer.concat([body, Buffer.alloc(length - body.length, ' ')])) as [
    Buffer,
    Buffer,
  ];
}

type Made = ReturnType<typeof make>;
type Outcome = { readonly prepared: PreparedCall } | { readonly refused: string };

function outcomeOf({ protocol, headers }: Made, level: Level, body: Buffer): Outcome {
  try {
    return { prepared: prepare(services, protocol, level, headers, body, () => undefined) };
  } catch (fault) {
    checkRefusal(fault, protocol.dialect);
    const { code, message } = asGatewayError(fault);
    return { refused: `${code}: ${message}` };
  }
}

function check(one: SpelledCase): boolean {
  const made = make(one);
  const spelled = outcomeOf(made, one.level, made.spelled);
  const plain = outcomeOf(made, one.level, made.plain);
  if ('refused' in spelled || 'refused' in plain) {
    const [first, second] = [spelled, plain].map((each) => ('refused' in each ? each.refused : 'taken'));
    if (first !== second) throw new Error(`"${first}" as it was spelled, "${second}" as it is plain`);
    return false;
  }
  const { call, upstream } = spelled.prepared;
  weigh(call);
  const prompt = services.prompts.textOf(one.level) ?? '';
  upstream.forEach(({ candidate, request }, index) => {
    const { name } = candidate.provider;
    const text = request.body.toString();
    const sent = JSON.parse(text) as SentBody;
    // No member twice, and nothing in the client's own spelling.
    if (JSON.stringify(sent) !== text) throw new Error(`${name}: the body is not written as its values are`);
    if (plain.prepared.upstream[index]?.request.body.equals(request.body) !== true)
      throw new Error(`${name}: the body differs from the one that a plain spelling becomes`);
    if (prompt !== '') checkPrompt(name, sent, prompt);
    const names = call.bodies.get(candidate.provider);
    checkSaid(made.protocol.dialect, made.parsed, sent, candidate.provider === COMPATIBLE, names);
    checkWeight(call, name, sent, request.body.length);
  });
  checkCosts(call);
  return true;
}

/** Word for word, first, and only there. */
function checkPrompt(name: string, sent: SentBody, prompt: string): void {
  const [first, ...others] = textsToldFirst(sent, prompt);
  if (first !== prompt) throw new Error(`${name}: the prompt does not come first`);
  if (others.some((text) => text.includes(prompt))) throw new Error(`${name}: the prompt comes twice`);
}

/** All that is text is weighed at a token a byte, in whichever body. */
function checkWeight(call: CallContext, name: string, sent: SentBody, bytes: number): void {
  const { count, data } = imagesIn(sent);
  const least = Math.min(bytes - data + count, call.model.context_window);
  if (call.weight.inputTokens < Math.max(least, LEAST_INPUT))
    throw new Error(
      `${name}: ${call.weight.inputTokens} tokens are less than the ${least} bytes of its text`,
    );
}

function checkCosts(call: CallContext): void {
  const { wantedTokens: maxTokens, leastTokens: minTokens } = call.weight;
  const costs = worstCosts(call);
  checkRequest({ ...costs, maxTokens, minTokens });
  const ceiling = dearestOf(call.candidates.map(({ deployment }) => deployment));
  const least = LEAST_INPUT * ceiling.input + minTokens * ceiling.output;
  if (!(costs.leastCost >= least && least > 0))
    throw new Error(`${costs.leastCost} is less than any call costs`);
}

export const spellings: Target<SpelledCase> = {
  name: 'spellings',
  cases: fc.record(
    {
      protocol: fc.nat(LARGE),
      start: fc.nat(LARGE),
      level: fc.constantFrom(...LEVELS),
      seed: fc.nat(),
    },
    { noNullPrototype: true },
  ),
  check,
  show(one) {
    const { protocol, headers, spelled } = make(one);
    return { protocol: protocol.name, level: one.level, headers, body: spelled.toString('utf8') };
  },
};
