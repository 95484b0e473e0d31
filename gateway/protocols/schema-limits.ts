/** Bounds a JSON schema that a caller sent, before it is fitted to what a provider takes. */
import { checkCount, checkLength } from '../model/request-limits';
import { isFields, type Fields } from './fields';

/** @throws GatewayError `request_invalid` for one that is too large, too deep, or has a parameter of too long a name */
export function checkSchema(param: string, schema: Fields): void {
  const { properties } = schema;
  if (isFields(properties))
    for (const name of Object.keys(properties)) checkLength(`${param}.properties`, name, 'propertyName');
  new SchemaSize(param).add(schema, 1);
}

class SchemaSize {
  #nodes = 0;
  #text = 0;

  constructor(readonly param: string) {}

  add(value: object, depth: number): void {
    checkCount(this.param, depth, 'schemaDepth');
    const inner: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
    this.#nodes += Math.max(1, inner.length);
    checkCount(this.param, this.#nodes, 'schemaNodes');
    for (const each of inner)
      if (typeof each === 'string') {
        this.#text += each.length;
        checkCount(this.param, this.#text, 'schemaText');
      } else if (each !== null && typeof each === 'object') this.add(each, depth + 1);
  }
}
