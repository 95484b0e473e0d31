import { lexExpression } from './hcl/lexer';
import { literal, soleInterpolation } from './hcl/strings';

/**
 * Values that arrive in the environment of a workspace as they are.
 *
 * Coder's agent hands each variable of its manifest (`coder_env`, and `env` of `coder_agent`) to Go's `os.ExpandEnv`, once
 * and without an escape: `updateCommandEnv` in agent/agent.go of coder/coder, read in 2.20, 2.24, 2.30 and 2.36. `$NAME`,
 * `${NAME}`, `$1` or `$$` become what the agent's own process knows by that name, its token included. So every `$` is
 * written as the name of a variable that is `$`: what is put in is not looked at again.
 *
 * The agent asks the environment it was started with, never the other variables of the manifest. The container sets this
 * one, and no order in which Coder sends the others matters.
 */
export const DOLLAR = 'WORKSPACE_DOLLAR';

/** For `env` of the container that runs the agent. */
export const DOLLAR_ENTRY = `${DOLLAR}=$`;

const WRITTEN = `\${${DOLLAR}}`;

/** A quoted string in which nothing is expanded, here or there. */
const PLAIN = /^"(?:[^"\\$%]|\\["\\nrt])*"$/;

/** What follows the value in the brackets of `replace`. */
const REPLACED = [',', '"', '$', '"', ',', '"', literal(WRITTEN), '"', ')'];

/**
 * What goes into `coder_env` so that the value of an expression arrives.
 *
 * @param value one interpolation and nothing else, as `expression` makes it
 */
export function asTyped(value: string): string {
  const inner = soleInterpolation(value);
  if (inner === undefined) throw new Error(`a value must be one expression, got "${value}"`);
  return PLAIN.test(inner) ? value : `\${replace(${inner}, "$", "${literal(WRITTEN)}")}`;
}

/** As `asTyped`, for text that is known. */
export const textAsTyped = (text: string): string => text.replaceAll('$', () => WRITTEN);

/** Whether the agent leaves a text alone, but for the one name it is to put in. */
export const staysAsTyped = (text: string): boolean => !text.replaceAll(WRITTEN, '').includes('$');

/** Whether a template is what `asTyped` makes, or the same made by hand. */
export function isAsTyped(template: string): boolean {
  const inner = soleInterpolation(template);
  if (inner === undefined) return false;
  if (PLAIN.test(inner)) return true;
  const tokens = lexExpression(inner).filter(({ kind }) => kind !== 'newline' && kind !== 'comment');
  const texts = tokens.map(({ text }) => text);
  if (texts[0] !== 'replace' || texts.slice(-REPLACED.length).join(' ') !== REPLACED.join(' ')) return false;
  let depth = 0;
  const end = tokens.findIndex(({ kind, text }, at) => {
    if (at > 0 && kind === 'punct') depth += text === '(' ? 1 : text === ')' ? -1 : 0;
    return at > 0 && depth === 0;
  });
  return end === tokens.length - 1;
}
