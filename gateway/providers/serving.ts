/** Who answers for a model at a moment: those of its deployments that are left, or its successor's. */
import type { Candidate } from './candidate';
import type { Directory } from '../config/directory';
import type { ModelDocument } from '../config/document';
import { hasEnded } from '../config/retirement';
import { providerKey, type Provider } from './provider';

export interface Serving {
  /** The model itself, or the one that answers for it since its providers have ended it. */
  readonly model: ModelDocument;
  /** In the order they are tried; none: no provider that serves it is configured. */
  readonly candidates: readonly Candidate[];
}

/**
 * A deployment that its provider has ended is left out. Where that leaves none, the successor answers, and its own
 * successor after it. A model without one is asked for all the same: a provider may end it later than it said.
 */
export function servingOf(
  asked: ModelDocument,
  { models }: Directory,
  providers: ReadonlyMap<string, Provider>,
  now: Date,
): Serving {
  const all = candidatesOf(asked, providers);
  if (all.length === 0) return { model: asked, candidates: all };
  for (
    let model: ModelDocument | undefined = asked;
    model !== undefined;
    model = successorOf(model, models)
  ) {
    const left = candidatesOf(model, providers).filter(({ deployment }) => !hasEnded(deployment, now));
    if (left.length > 0) return { model, candidates: left };
  }
  return { model: asked, candidates: all };
}

const candidatesOf = (model: ModelDocument, providers: ReadonlyMap<string, Provider>): Candidate[] =>
  model.deployments.flatMap((deployment) => {
    const provider = providers.get(providerKey(deployment));
    return provider ? [{ deployment, provider }] : [];
  });

const successorOf = ({ successor }: ModelDocument, models: Directory['models']): ModelDocument | undefined =>
  successor === undefined ? undefined : models.get(successor);
