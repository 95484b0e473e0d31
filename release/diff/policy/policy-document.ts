import { isObject, type Json, type JsonObject } from '../../../synth/hcl/expressions';
import type { PolicyVersion } from './policy-version';

/** Characters of a document: far more than any, and it is read as a whole. */
const LONGEST = 4 * 1024 * 1024;
/** Lists and objects in one another. */
const DEEPEST = 32;

/**
 * The gateway's document as it was written, by whatever version of this program: it is not held to today's schema.
 *
 * @throws Error when it is no JSON object
 */
export function readPolicy({ origin, text }: PolicyVersion): JsonObject {
  const fail = (why: string): never => {
    throw new Error(`the gateway document of ${origin} cannot be read: ${why}`);
  };
  if (text.length > LONGEST) fail(`it has more than ${LONGEST} characters`);
  let document: Json = null;
  try {
    document = JSON.parse(text) as Json;
  } catch (error) {
    fail(`it is no JSON (${error instanceof Error ? error.message.slice(0, 200) : 'unknown reason'})`);
  }
  if (isDeeper(document, DEEPEST)) fail(`it has more than ${DEEPEST} lists and objects in one another`);
  return isObject(document) ? document : fail('it is no JSON object');
}

const isDeeper = (value: Json, most: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (most === 0 || Object.values(value).some((inner: Json) => isDeeper(inner, most - 1)));
