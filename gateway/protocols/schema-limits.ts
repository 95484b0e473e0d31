/** Bounds a JSON schema that a caller sent, before it is fitted to what a provider takes. */
import { checkCount, checkLength } from '../model/request-limits';
import { isFields, type Fields } from './fields';

/** @throws GatewayError `request_invalid` for one that is too large, too deep, or has a parameter of too long a name */
export function checkSchema(param: string, schema: Fields): void {
  const { properties } = schema;
  if (isFields(properties))
    for (const name of Object.keys(properties)) checkLength(`${param}.properties`, name, 'propertyName');
  countNodes(param, schema, 1, 0);
}

/** @returns the nodes so far, those of this value among them */
function countNodes(param: string, value: object, depth: number, before: number): number {
  checkCount(param, depth, 'schemaDepth');
  const inner: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  let count = before + Math.max(1, inner.length);
  checkCount(param, count, 'schemaNodes');
  for (const each of inner)
    if (each !== null && typeof each === 'object') count = countNodes(param, each, depth + 1, count);
  return count;
}
