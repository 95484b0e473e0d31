/** What one document says otherwise than another: by the place, with what stood there and what stands there now. */
import type { GatewayDocument } from '../config/document';

export interface DocumentChange {
  /** `models.claude-haiku.deployments.bedrock/x.price.input` */
  readonly place: string;
  /** Undefined: it was not there. */
  readonly before: string | undefined;
  /** Undefined: it is not there any more. */
  readonly after: string | undefined;
}

/** In the order of the places. */
export function documentDifference(before: GatewayDocument, after: GatewayDocument): DocumentChange[] {
  const [former, latter] = [valuesOf(before), valuesOf(after)];
  const places = [...new Set([...former.keys(), ...latter.keys()])].sort();
  return places
    .map((place) => ({ place, before: former.get(place), after: latter.get(place) }))
    .filter((each) => each.before !== each.after);
}

/** Every value that has no parts, by its place. */
function valuesOf(document: GatewayDocument): Map<string, string> {
  const values = new Map<string, string>();
  const walk = (value: unknown, place: string): void => {
    if (value === null || typeof value !== 'object') return void values.set(place, JSON.stringify(value));
    const isList = Array.isArray(value);
    // A list of names is one value: what matters is which are in it, and in what order.
    if (isList && value.every((each) => each === null || typeof each !== 'object'))
      return void values.set(place, JSON.stringify(value));
    const entries = isList
      ? (value as unknown[]).map((each, at): [string, unknown] => [nameIn(each) ?? String(at), each])
      : Object.entries(value);
    if (entries.length === 0) values.set(place, isList ? '[]' : '{}');
    for (const [name, each] of entries) walk(each, place === '' ? name : `${place}.${name}`);
  };
  walk(document, '');
  return values;
}

/** Models and deployments go by their names, so that one that is put in before others changes only itself. */
function nameIn(value: unknown): string | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  const { name, provider, endpoint, id } = value as Partial<Record<string, unknown>>;
  if (typeof name === 'string') return name;
  if (typeof id !== 'string') return undefined;
  return [provider, endpoint, id].filter((each) => typeof each === 'string').join('/');
}
