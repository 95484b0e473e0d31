/** One question, its answer in the form asked for, and one more try where it is not. */
import { costOf, mostOf } from '../gateway/cost';
import { Refusal, type Answered, type Client } from '../gateway/client';
import type { OfferedModel } from '../gateway/models';
import { RUN_ENDED, RUN_EXHAUSTED, RUN_HEADER, type RunAccount } from '../gateway/run-account';
import type { Reason } from '../choice/left-out';
import { fillPrompt, readPrompt } from '../checklists/checklists';
import type { AnswerForm } from './answer';

/** Tokens that an answer may have. */
const ANSWER_TOKENS = 6_000;
/** UTF-16 units of a wrong answer that are shown to who gave it. */
const SHOWN_AGAIN = 2_000;

interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface Question<T> {
  readonly model: OfferedModel;
  readonly form: AnswerForm<T>;
  readonly rules: string;
  readonly data: string;
}

/** Why there is no answer: others may be had still, unless it is about money. */
export class NoAnswer extends Error {
  constructor(readonly reason: Reason) {
    super(reason);
  }
}

export interface Spending {
  calls: number;
  usd: number;
  isEstimated: boolean;
}

export interface Asking {
  readonly client: Client;
  readonly run: RunAccount | undefined;
  /** Grows with each call. */
  readonly spending: Spending;
}

/** What is sent, but for a second try. */
export const bodyOf = <T>({ model, form, rules, data }: Question<T>): Record<string, unknown> => ({
  model: model.id,
  messages: [
    { role: 'system', content: rules },
    { role: 'user', content: data },
  ] satisfies ChatMessage[],
  temperature: 0,
  max_tokens: ANSWER_TOKENS,
  response_format: {
    type: 'json_schema',
    json_schema: { name: form.name, strict: true, schema: form.schema },
  },
});

/** US dollars, with the second try. @returns undefined: the gateway says no price */
export function mostForQuestion<T>(question: Question<T>): number | undefined {
  const once = Buffer.byteLength(JSON.stringify(bodyOf(question)));
  const [first, second] = [
    mostOf(once, ANSWER_TOKENS, question.model),
    mostOf(once + 4 * SHOWN_AGAIN, ANSWER_TOKENS, question.model),
  ];
  return first === undefined || second === undefined ? undefined : first + second;
}

/**
 * @throws NoAnswer with the reason for which its files are left out
 * @throws CliError when the gateway takes no question at all
 */
export async function ask<T>(asking: Asking, question: Question<T>): Promise<T> {
  const first = bodyOf(question);
  const messages = first['messages'] as ChatMessage[];
  const one = await send(asking, question.model, first);
  const read = question.form.read(one);
  if ('answer' in read) return read.answer;
  const again = fillPrompt(readPrompt('again'), { fault: read.fault });
  const two = await send(asking, question.model, {
    ...first,
    messages: [
      ...messages,
      { role: 'assistant', content: one.slice(0, SHOWN_AGAIN).trim() || '(nothing)' },
      { role: 'user', content: again },
    ],
  });
  const readAgain = question.form.read(two);
  if ('answer' in readAgain) return readAgain.answer;
  throw new NoAnswer('not-understood');
}

async function send({ client, run, spending }: Asking, model: OfferedModel, body: unknown): Promise<string> {
  const headers: Record<string, string> = run === undefined ? {} : { [RUN_HEADER]: run.id };
  let answer: Answered;
  try {
    answer = await client.post('/v1/chat/completions', body, headers);
  } catch (fault) {
    throw reasonOf(fault, spending.calls === 0);
  }
  const { choices, usage } = (answer.json ?? {}) as { choices?: unknown; usage?: unknown };
  const { usd, isEstimated } = costOf(answer.headers.get('x-gateway-cost'), usage, model);
  spending.calls += 1;
  spending.usd += usd;
  spending.isEstimated ||= isEstimated;
  const [choice] = (Array.isArray(choices) ? choices : []) as ({ message?: { content?: unknown } } | null)[];
  const content = choice?.message?.content;
  return typeof content === 'string' ? content : '';
}

/** A key that is refused is refused for every question; what is about one of them, or its cost, is not. */
function reasonOf(fault: unknown, isFirst: boolean): unknown {
  if (!(fault instanceof Refusal)) return fault;
  if (fault.kinds.includes(RUN_EXHAUSTED)) return new NoAnswer('cap');
  if (fault.kinds.includes(RUN_ENDED)) return new NoAnswer('not-answered');
  // A site may have another status for it.
  if (fault.status === 402 || fault.kinds.includes('budget_exceeded')) return new NoAnswer('budget');
  if (fault.status === 401 || fault.status === 403) return fault;
  // What was answered before can be shown still.
  if (isFirst && (fault.status === 400 || fault.status === 404)) return fault;
  return new NoAnswer('not-answered');
}
