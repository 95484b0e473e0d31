/** Says, as JSON, how much work each input comes to at its size, at twice, four and eight times that. */
import type { IncomingHttpHeaders } from 'node:http';
import { DEFAULT_PROMPT_DIR } from '../../gateway/config/prompts';
import { GatewayError } from '../../gateway/errors';
import { asGatewayError } from '../../gateway/http/exchange';
import type { Protocol } from '../../gateway/protocols/protocol';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { servicesOf } from '../fuzz/prepared-call';
import { PROTOCOLS } from '../fuzz/protocols';
import { PROVIDERS } from '../fuzz/providers';
import { WHOLE_REQUESTS } from './whole-requests';
import { UPSTREAMS, type Upstream } from '../fuzz/upstreams';
import { CROSSED_CHATS, CROSSED_MESSAGES } from './crossed-bodies';
import { growthsOf } from './growth';
import { putThrough } from './prepared-body';

/** Entries, or sixteen characters each. */
const SMALLEST = 120;
/** Of what is multiplied by itself at worst: the larger, the plainer it shows. */
const SMALLEST_CROSSED = 480;
const FACTORS = [1, 2, 4, 8];

export interface Grown {
  readonly name: string;
  readonly work: readonly number[];
  /** How each ended: the code of its refusal, or "taken". */
  readonly ends: readonly string[];
}

declare const countedWork: { steps: number };
const services = servicesOf(PROVIDERS);
const found: Grown[] = [];

function measure(name: string, put: (count: number) => () => void, smallest = SMALLEST): void {
  const ends: string[] = [];
  const work = FACTORS.map((factor) => {
    const run = put(smallest * factor);
    const before = countedWork.steps;
    try {
      run();
      ends.push('taken');
    } catch (fault) {
      const error = asGatewayError(fault);
      if (!(fault instanceof GatewayError) && error.code === 'internal_error') throw fault;
      ends.push(error.code);
    }
    return countedWork.steps - before;
  });
  found.push({ name, work, ends });
}

function measureBody(
  name: string,
  protocol: Protocol,
  headers: IncomingHttpHeaders,
  make: (count: number) => unknown,
): void {
  measure(`${protocol.name}, ${name}`, (count) => {
    const body = Buffer.from(JSON.stringify(make(count)));
    return () => void putThrough(services, protocol, headers, body);
  });
}

function requests(): void {
  for (const protocol of PROTOCOLS)
    (WHOLE_REQUESTS[protocol.name] ?? []).forEach(({ body, headers = {} }, index) => {
      for (const { name, ...growth } of growthsOf(body))
        measureBody(`body ${index}, ${name}`, protocol, headers, (count) => growth.grow(count));
    });
}

function crossed(): void {
  const [chat, , messages] = PROTOCOLS;
  if (!chat || !messages) throw new Error('no protocol');
  // Tools that are withheld are not written.
  for (const level of ['design-first', 'standard'] as const)
    for (const [protocol, bodies] of [
      [chat, CROSSED_CHATS],
      [messages, CROSSED_MESSAGES],
    ] as const)
      for (const [name, make] of Object.entries(bodies))
        measure(
          `${protocol.name}, ${level}, ${name}`,
          (count) => {
            const body = Buffer.from(JSON.stringify(make(count)));
            return () => void putThrough(services, protocol, {}, body, level);
          },
          SMALLEST_CROSSED,
        );
  const prompt = readFileSync(join(DEFAULT_PROMPT_DIR, 'design-first.md'), 'utf8');
  const content = (text: string) => ({
    model: 'claude-sonnet-4-5',
    messages: [{ role: 'user', content: text }],
  });
  measureBody('copies of our prompts, whole and in parts', chat, {}, (count) => ({
    ...content('hi'),
    messages: [
      { role: 'system', content: `${prompt.slice(0, 50)}${prompt}${prompt.slice(50)}`.repeat(count / 40) },
      { role: 'user', content: 'hi' },
    ],
  }));
  const beta = (value: (count: number) => string): void =>
    measure('anthropic-messages, header anthropic-beta', (count) => {
      const body = Buffer.from(JSON.stringify({ ...content('hi'), max_tokens: 1 }));
      const headers = { 'anthropic-beta': value(count) };
      return () => void putThrough(services, messages, headers, body);
    });
  beta((count) => 'x'.repeat(count * 16));
  beta((count) => ','.repeat(count * 16));
  beta((count) => Array.from({ length: count }, (_, index) => `b${index}`).join(','));
}

const FRAME = { model: 'm', created: 1, requestId: 'r', includeUsage: true };

/** Reads a stream, and writes it for the clients of every protocol. */
function relay({ provider }: Upstream, bytes: Buffer, chunk: number): void {
  const writers = PROTOCOLS.map((protocol) => protocol.streamWriter(FRAME));
  const reader = provider.eventReader((event) => {
    for (const writer of writers) writer.write(event);
  });
  for (let start = 0; start < bytes.length; start += chunk) reader.push(bytes.subarray(start, start + chunk));
  reader.end();
}

const WHOLE = Number.MAX_SAFE_INTEGER;

function streams(): void {
  UPSTREAMS.forEach((upstream, number) => {
    upstream.streams.forEach((events, index) => {
      for (const { name, ...growth } of growthsOf(events, true))
        measure(`${upstream.provider.name} ${number}, stream ${index}, ${name}`, (count) => {
          const bytes = Buffer.concat(
            (growth.grow(count) as readonly unknown[]).map((each) => upstream.frame(each)),
          );
          return () => relay(upstream, bytes, WHOLE);
        });
    });
    // An event that comes byte by byte.
    const [events = []] = upstream.streams;
    for (const { name, ...growth } of growthsOf(events).filter((each) =>
      each.name.includes('letters behind'),
    ))
      measure(`${upstream.provider.name} ${number}, byte by byte, ${name}`, (count) => {
        const bytes = Buffer.concat(
          (growth.grow(count) as readonly unknown[]).map((each) => upstream.frame(each)),
        );
        return () => relay(upstream, bytes, 1);
      });
  });
}

function answers(): void {
  UPSTREAMS.forEach(({ provider, bodies }, number) =>
    bodies.forEach((body, index) => {
      for (const { name, ...growth } of growthsOf(body)) {
        const place = `${provider.name} ${number}, body ${index}, ${name}`;
        measure(`${place}, as an answer`, (count) => {
          const text = JSON.stringify(growth.grow(count));
          return () => {
            const answer = provider.readAnswer(text);
            for (const protocol of PROTOCOLS) protocol.renderAnswer(answer, FRAME);
          };
        });
        measure(`${place}, as a refusal`, (count) => {
          const text = JSON.stringify(growth.grow(count));
          return () => void provider.readError(400, {}, text);
        });
      }
    }),
  );
}

const PARTS: Readonly<Record<string, () => void>> = { requests, crossed, streams, answers };
const part = PARTS[process.argv[2] ?? ''];
if (part === undefined) throw new Error(`one of ${Object.keys(PARTS).join(', ')}`);
part();
process.stdout.write(JSON.stringify(found));
