/** Writes the call for the providers that may get it, once for each. */
import type { CallContext } from '../call-context';
import { GatewayError } from '../errors';
import { weighMedia } from '../model/media-weight';
import type { Candidate } from '../providers/candidate';
import { markForCache, withUsualLife } from '../providers/messages/cache-marks';
import type { Provider } from '../providers/provider';

/** What is left out where a cache is kept for no hour. */
const LIFE = 'cache_control.ttl';

export function translate(call: CallContext): void {
  const steps = translateInSteps(call);
  while (steps.next().done !== true);
}

/** As `translate`, in steps that take no longer than to write a body once. */
export function* translateInSteps(call: CallContext): Generator<void> {
  const { request, model } = call;
  if (!model.supports_images && weighMedia(request.turns).images > 0)
    throw new GatewayError('request_invalid', {
      message: `The model ${model.name} does not take images.`,
      param: 'messages',
    });
  const ownBytes = request.system[0]?.text.length ?? 0;
  call.cachesForAnHour = markForCache(request, call.bodyBytes + ownBytes, model.min_cache_tokens);
  const perHour = call.cachesForAnHour ? pricedByHour(call) : undefined;
  call.cachesForAnHour = perHour !== undefined && perHour.size > 0;
  yield* writeBodies(call, perHour);
}

/**
 * The providers that have a price for what is cached for an hour, and are asked by those deployments alone that have it.
 * To the others that life is the usual one.
 */
function pricedByHour(call: CallContext): ReadonlySet<Provider> {
  const isPriced = ({ deployment }: Candidate): boolean => deployment.price.cache_write_1h !== undefined;
  const priced = new Set(call.candidates.filter(isPriced).map(({ provider }) => provider));
  call.candidates = call.candidates.filter((each) => isPriced(each) || !priced.has(each.provider));
  return priced;
}

/** A provider that cannot be asked for this is left out; the client hears why when none is left. */
function* writeBodies(call: CallContext, perHour: ReadonlySet<Provider> | undefined): Generator<void> {
  const { request, model, bodies } = call;
  let refusal: GatewayError | undefined;
  for (const { provider } of call.candidates) {
    if (bodies.has(provider)) continue;
    yield;
    try {
      const isFitted = perHour?.has(provider) === false;
      const body = provider.writeBody(isFitted ? withUsualLife(request) : request, model);
      bodies.set(provider, isFitted ? { ...body, dropped: [...body.dropped, LIFE] } : body);
    } catch (fault) {
      if (!(fault instanceof GatewayError)) throw fault;
      refusal ??= fault;
    }
  }
  call.candidates = call.candidates.filter(({ provider }) => bodies.has(provider));
  if (call.candidates.length === 0 && refusal) throw refusal;
}
