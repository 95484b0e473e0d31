/**
 * Whether the caller may ask for that: age of the key, models of its scope, by the document that holds now; and how long
 * the answer may become where the caller does not say.
 */
import type { CallContext } from '../call-context';
import type { Directory } from '../config/directory';
import type { ModelDocument } from '../config/document';
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
  const allowed = call.entitlement.models;
  const model = findModel(call.directory, request.model, allowed);
  if (model === undefined)
    throw new GatewayError('model_unknown', {
      message: `Invalid model name passed in model=${request.model.slice(0, 100)}. Call \`/v1/models\` to view available models for your key.`,
    });
  if (!allowed.includes(model))
    throw new GatewayError('model_not_allowed', {
      message: `key not allowed to access model. This key can only access models=[${allowed.map(({ name }) => `'${name}'`).join(', ')}]. Tried to access ${model.name}`,
    });
  call.model = model;
  request.maxTokens ??= call.directory.document.default_output_tokens ?? DEFAULT_OUTPUT_TOKENS;
}

/**
 * By its name or an alias; or by the id that a provider knows it by, which means no other deployment of it: it is one more
 * name of the model. Of several models with that id, the first that the key may use.
 */
function findModel(
  { models, served }: Directory,
  name: string,
  allowed: readonly ModelDocument[],
): ModelDocument | undefined {
  const found = models.get(name);
  if (found !== undefined) return found;
  const others = served.get(name);
  return others?.find((model) => allowed.includes(model)) ?? others?.[0];
}

/** What a key may do now; throws `key_expired` when that is nothing any more. */
export function currentEntitlement(services: Services, key: KeyRecord): Entitlement {
  const now = services.now();
  const entitlement = entitlementOf(key, services.documents.current, services.settings, now);
  if (entitlement.expiresAt <= now) throw endedKey('key_expired', key);
  return entitlement;
}
