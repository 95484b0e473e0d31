/** A model that a key may use, by one of its names, and whether anybody answers for it. */
import type { ModelDocument } from '../config/document';
import type { Exchange } from '../http/exchange';
import { servingOf, type Serving } from '../providers/serving';
import type { Services } from '../services';
import { findKey } from '../stages/authenticate';
import { currentEntitlement } from '../stages/policy';

export interface ListedModel {
  readonly id: string;
  readonly asked: ModelDocument;
  readonly serving: Serving;
  /** A model nobody here can serve is refused at every call. */
  readonly isAvailable: boolean;
}

/** All that the key may use; throws what `authenticate` and `policy` throw. */
export async function allowedTo(services: Services, exchange: Exchange): Promise<readonly ModelDocument[]> {
  const key = await findKey(services, exchange);
  return currentEntitlement(services, key).models;
}

export function listedAs(
  id: string,
  asked: ModelDocument,
  { documents, providers, now }: Services,
  allowed: readonly ModelDocument[],
): ListedModel {
  const serving = servingOf(asked, documents.current, providers, now());
  const isAvailable = serving.candidates.length > 0 && allowed.includes(serving.model);
  return { id, asked, serving, isAvailable };
}
