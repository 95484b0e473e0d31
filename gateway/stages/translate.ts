/** Writes the call for the providers that may get it, once for each. */
import type { CallContext } from '../call-context';
import { GatewayError } from '../errors';
import { weighMedia } from '../model/media-weight';
import { markForCache } from '../providers/messages/cache-marks';

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
  const instructions = request.turns.findIndex(({ role }) => role === 'system');
  if (!model.system_turns && instructions !== -1)
    throw new GatewayError('request_invalid', {
      message: `messages.${instructions}.role: the model ${model.name} takes no "system" message between the turns. Send its text in the request's own "system".`,
      param: `messages.${instructions}.role`,
    });
  const ownBytes = request.system[0]?.text.length ?? 0;
  call.cachesForAnHour = markForCache(request, call.bodyBytes + ownBytes, model.min_cache_tokens);
  if (call.cachesForAnHour) leaveUnpricedOut(call);
  yield* writeBodies(call);
}

/** Keeps to deployments that have a price for what is cached for an hour. */
function leaveUnpricedOut(call: CallContext): void {
  call.candidates = call.candidates.filter(({ deployment }) => deployment.price.cache_write_1h !== undefined);
  if (call.candidates.length > 0) return;
  throw new GatewayError('request_invalid', {
    message: `cache_control.ttl: "1h" is not offered for the model ${call.model.name}, since no price is set for it. Send "5m", or leave it out.`,
    param: 'cache_control.ttl',
  });
}

/** A provider that cannot be asked for this is left out; the client hears why when none is left. */
function* writeBodies(call: CallContext): Generator<void> {
  const { request, model, bodies } = call;
  let refusal: GatewayError | undefined;
  for (const { provider } of call.candidates) {
    if (bodies.has(provider)) continue;
    yield;
    try {
      bodies.set(provider, provider.writeBody(request, model));
    } catch (fault) {
      if (!(fault instanceof GatewayError)) throw fault;
      refusal ??= fault;
    }
  }
  call.candidates = call.candidates.filter(({ provider }) => bodies.has(provider));
  if (call.candidates.length === 0 && refusal) throw refusal;
}
