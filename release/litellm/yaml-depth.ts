/**
 * How deep a text of YAML nests at most, before a parser sees it: parsers call themselves for each level, and where the
 * stack ends inside a regular expression, V8 ends the whole process.
 *
 * An upper bound: brackets within strings count as well. Levels made by indentation alone are bounded by a file's size,
 * since each takes as many more characters as it is deep.
 */
export function yamlDepth(text: string): number {
  let open = 0;
  let deepest = 0;
  /** Entries that begin inside one another at the start of a line: "- - ? -". */
  let entries = 0;
  let isStart = true;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '\n') {
      entries = 0;
      isStart = true;
    } else if (sign === '[' || sign === '{') open += 1;
    else if (sign === ']' || sign === '}') open = Math.max(0, open - 1);
    else if (isStart && (sign === '-' || sign === '?' || sign === ':')) entries += 1;
    else if (sign !== ' ' && sign !== '\t' && sign !== '\r') isStart = false;
    if (open + entries > deepest) deepest = open + entries;
  }
  return deepest;
}
