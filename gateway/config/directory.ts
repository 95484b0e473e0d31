/** A document with its names looked up in advance. */
import type { GatewayDocument, ModelDocument } from './document';
import { modelLeaveOf, type ModelLeave } from './model-leave';
import { namesOf } from './retirement';

export interface Directory {
  readonly document: GatewayDocument;
  /** Models by name and by alias. */
  readonly models: ReadonlyMap<string, ModelDocument>;
  /** What the names in a list of allowed models come to. */
  readonly leave: ModelLeave;
}

export function directoryOf(document: GatewayDocument): Directory {
  const models = new Map<string, ModelDocument>();
  for (const model of document.models) for (const name of namesOf(model)) models.set(name, model);
  return { document, models, leave: modelLeaveOf(document) };
}
