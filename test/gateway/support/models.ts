/** Models of the built-in document, as they are or with facts of their own. */
import type { ModelDocument } from '../../../gateway/config/document';
import { catalog } from '../../../src/catalog';
import { renderGatewayDocument } from '../../../src/gateway-document';
import { policy } from '../../../src/policy';

export function modelNamed(name: string, changes: Partial<ModelDocument> = {}): ModelDocument {
  const model = renderGatewayDocument(catalog, policy).models.find((each) => each.name === name);
  if (model === undefined) throw new Error(`the catalog has no ${name}`);
  return { ...model, ...changes };
}
