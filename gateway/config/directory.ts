/** A document with its names looked up in advance. */
import type { GatewayDocument, ModelDocument } from './document';
import { modelLeaveOf, type ModelLeave } from './model-leave';
import { namesOf } from './retirement';

export interface Directory {
  readonly document: GatewayDocument;
  /** Models by name and by alias. */
  readonly models: ReadonlyMap<string, ModelDocument>;
  /** Models by the ids that their providers know them by, in the order of the document; several may share one. */
  readonly served: ReadonlyMap<string, readonly ModelDocument[]>;
  /** What the names in a list of allowed models come to. */
  readonly leave: ModelLeave;
}

export function directoryOf(document: GatewayDocument): Directory {
  const models = new Map<string, ModelDocument>();
  for (const model of document.models) for (const name of namesOf(model)) models.set(name, model);
  return { document, models, served: servedOf(document), leave: modelLeaveOf(document) };
}

function servedOf({ models }: GatewayDocument): ReadonlyMap<string, readonly ModelDocument[]> {
  const served = new Map<string, ModelDocument[]>();
  for (const model of models)
    for (const id of new Set(model.deployments.map((each) => each.id))) {
      const others = served.get(id);
      if (others) others.push(model);
      else served.set(id, [model]);
    }
  return served;
}
