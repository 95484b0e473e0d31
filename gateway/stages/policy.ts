/**
 * Whether the caller may ask for that: age of the key, models of its scope, by the document that holds now; and how long
 * the answer may become where the caller does not say.
 */
import type { CallContext } from '../call-context';
import type { Directory } from '../config/directory';
import { GatewayError } from '../errors';
import { endedKey } from '../keys/ended-key';
import { entitlementOf, type Entitlement } from '../keys/entitlement';
import type { KeyRecord } from '../keys/key-record';
import { DEFAULT_OUTPUT_TOKENS } from '../model/wanted-tokens';
import type { Services } from '../services';

/** What the key may do, by the document that holds now. */
export function entitle(call: CallContext): void {
  const { services, key } = call;
  const isKnown = (call.directory as Directory | undefined) === services.documents.current;
  if (isKnown && call.entitlement.expiresAt > services.now()) return;
  call.directory = services.documents.current;
  call.entitlement = currentEntitlement(services, key);
}

export function policy(call: CallContext): void {
  // Anew: the body took its time.
  entitle(call);
  const { request } = call;
  const model = call.directory.models.get(request.model);
  if (model === undefined)
    throw new GatewayError('model_unknown', {
      message: `Invalid model name passed in model=${request.model.slice(0, 100)}. Call \`/v1/models\` to view available models for your key.`,
    });
  const allowed = call.entitlement.models;
  if (!allowed.includes(model))
    throw new GatewayError('model_not_allowed', {
      message: `key not allowed to access model. This key can only access models=[${allowed.map(({ name }) => `'${name}'`).join(', ')}]. Tried to access ${model.name}`,
    });
  call.model = model;
  request.maxTokens ??= call.directory.document.default_output_tokens ?? DEFAULT_OUTPUT_TOKENS;
}

/** What a key may do now; throws `key_expired` when that is nothing any more. */
export function currentEntitlement(services: Services, key: KeyRecord): Entitlement {
  const now = services.now();
  const entitlement = entitlementOf(key, services.documents.current, services.settings, now);
  if (entitlement.expiresAt <= now) throw endedKey('key_expired', key);
  return entitlement;
}
