/** What a mutated answer bills for, as the gateway reads it. */
import type { Usage } from '../../gateway/model/usage';
import { makeAnswer, type AnswerCase } from './answers';
import { makeStream, type StreamCase } from './streams';
import { UPSTREAMS } from './upstreams';

const providerOf = ({ upstream }: { readonly upstream: number }) => {
  const found = UPSTREAMS[upstream % UPSTREAMS.length];
  if (found === undefined) throw new Error('no provider');
  return found.provider;
};

const sumOf = (usage: Usage | undefined): number =>
  (Object.values(usage ?? {}) as number[]).reduce((sum, tokens) => sum + tokens, 0);

/** Tokens of all kinds; none when the body is no answer. */
export function billedByBody(one: AnswerCase): number {
  if (one.status !== 200) return 0;
  try {
    return sumOf(providerOf(one).readAnswer(makeAnswer(one)).usage);
  } catch {
    return 0;
  }
}

/** Tokens of all kinds, at most of any event. */
export function billedByStream(one: StreamCase): number {
  let most = 0;
  const reader = providerOf(one).eventReader((event) => {
    if (event.type === 'start' || event.type === 'stop') most = Math.max(most, sumOf(event.usage));
  });
  reader.push(makeStream(one).bytes);
  reader.end();
  return most;
}
