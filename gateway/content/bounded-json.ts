/** A value as JSON, as far as it fits: what is beyond is not looked at, and not written. */

/** Deeper than arguments of tools go. */
const DEEPEST = 32;

/**
 * @param most UTF-16 units, about: a last string may be cut in it
 * @returns all of it, or its beginning
 */
export function boundedJson(
  value: unknown,
  most: number,
): { readonly json: string; readonly isWhole: boolean } {
  const pieces: string[] = [];
  let left = most;
  const put = (text: string): void => {
    pieces.push(text);
    left -= text.length;
  };
  const putText = (text: string): void => {
    if (text.length > left) {
      put(JSON.stringify(text.slice(0, Math.max(0, left))));
      left = 0;
    } else put(JSON.stringify(text));
  };
  const write = (each: unknown, depth: number): void => {
    if (left <= 0) return;
    if (typeof each === 'string') putText(each);
    else if (each === null || typeof each !== 'object') put(JSON.stringify(each) ?? 'null');
    else if (depth >= DEEPEST) left = 0;
    else if (Array.isArray(each)) {
      put('[');
      for (let at = 0; at < each.length && left > 0; at += 1) {
        if (at > 0) put(',');
        write(each[at], depth + 1);
      }
      put(']');
    } else {
      put('{');
      let isFirst = true;
      for (const name in each) {
        if (left <= 0) break;
        if (!isFirst) put(',');
        isFirst = false;
        putText(name);
        put(':');
        write((each as Record<string, unknown>)[name], depth + 1);
      }
      put('}');
    }
  };
  write(value, 0);
  return { json: pieces.join(''), isWhole: left > 0 };
}
