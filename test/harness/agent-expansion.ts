/**
 * What Coder's agent makes of a variable of its manifest: `os.ExpandEnv` of Go's standard library (src/os/env.go), with
 * the environment of the agent's own process. `agent-expansion-cases.json` holds what Go 1.26 gave.
 */

/** Names of one character that need no braces. */
const SPECIAL = /[*#$@!?\-0-9]/;
const WORD = /[A-Za-z0-9_]*/y;

/** The name that begins after a `$`, and how long it is with its braces; a width without a name is eaten. */
function nameAt(text: string, start: number): { name: string; width: number } {
  const first = text.charAt(start);
  if (first === '{') {
    if (SPECIAL.test(text.charAt(start + 1)) && text.charAt(start + 2) === '}') {
      return { name: text.charAt(start + 1), width: 3 };
    }
    const end = text.indexOf('}', start + 1);
    if (end === -1) return { name: '', width: 1 };
    return { name: text.slice(start + 1, end), width: end - start + 1 };
  }
  if (SPECIAL.test(first)) return { name: first, width: 1 };
  WORD.lastIndex = start;
  const name = WORD.exec(text)?.[0] ?? '';
  return { name, width: name.length };
}

export function expandAsAgent(text: string, environment: Readonly<Record<string, string>>): string {
  let expanded = '';
  let at = 0;
  for (;;) {
    const dollar = text.indexOf('$', at);
    if (dollar === -1 || dollar + 1 === text.length) return expanded + text.slice(at);
    const { name, width } = nameAt(text, dollar + 1);
    expanded += text.slice(at, dollar);
    if (name !== '') expanded += Object.hasOwn(environment, name) ? environment[name] : '';
    else if (width === 0) expanded += '$';
    at = dollar + 1 + width;
  }
}
