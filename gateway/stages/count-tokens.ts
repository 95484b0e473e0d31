/** Asks the provider how many input tokens the call would have. Nothing is charged for it, so nothing is admitted. */
import type { CallContext } from '../call-context';
import { nameOf, type Candidate } from '../providers/candidate';
import { GatewayError } from '../errors';
import { sendJson } from '../http/exchange';
import { askCount } from '../providers/ask-count';
import { enterCount } from './enter';
import { priceOf } from './refuse-often';
import { soonestFree } from './soonest-free';

/**
 * Runs the question if the key has not too many open, and has not asked too many of late; one that is refused costs
 * neither reading nor a provider.
 */
export async function inCountSlot(call: CallContext, ask: () => Promise<void>): Promise<void> {
  const { countSlots, countBuckets, limits } = call.services;
  const account = call.key.accountId;
  await countSlots.hold(
    account,
    limits.countsAtOnce,
    async () => {
      const waitMs = countBuckets.waitMs(account);
      if (waitMs !== undefined) throw tooOften(waitMs, limits.countsAMinute);
      const price = priceOf(0);
      // Before it is known what it comes to: others may be asked meanwhile.
      countBuckets.spend(account, price);
      enterCount(call);
      try {
        await ask();
      } finally {
        countBuckets.spend(account, priceOf(call.entrance?.hold.received ?? 0) - price);
      }
    },
    () =>
      new GatewayError('too_many_counts', {
        message: `This key has ${limits.countsAtOnce} token counts under way, the most this gateway allows at once. Wait for some of them to end.`,
      }),
  );
}

const tooOften = (waitMs: number, perMinute: number): GatewayError =>
  new GatewayError('counts_rate_limited', {
    message: `This key asks for token counts too often: ${perMinute} a minute, a long body counting for several. Wait as long as retry-after says.`,
    headers: { 'retry-after': String(Math.ceil(waitMs / 1_000)) },
  });

export async function countTokens(call: CallContext): Promise<void> {
  const candidate = choose(call);
  const body = candidate && call.bodies.get(candidate.provider);
  const upstream = body && candidate.provider.writeCount?.(candidate.deployment, body, body.betas);
  if (!candidate || !upstream) throw new GatewayError('count_not_offered');
  call.attempts = 1;
  call.served = candidate;
  const question = askCount(call.services.transport, candidate.provider, upstream);
  const tokens = await new Promise<number>((resolve, reject) => {
    question.tokens.then(resolve, reject);
    // Nothing is charged, so nothing is lost by not hearing the answer; nobody is there to be given the number.
    const leave = (): void => {
      question.giveUp();
      resolve(0);
    };
    if (call.isClientGone) leave();
    else call.exchange.response.once('close', leave);
  });
  if (!call.isClientGone)
    sendJson(call.exchange, 200, JSON.stringify({ input_tokens: tokens }), call.headers);
}

/** As calls do, but for finding out about a deployment that has failed: that is left to a call. */
function choose(call: CallContext): Candidate | undefined {
  const { health } = call.services;
  const counting = call.candidates.filter(({ provider }) => provider.writeCount !== undefined);
  return counting.find((each) => !health.isPaused(nameOf(each))) ?? soonestFree(call, counting);
}
