/** The table of variables as `--help` shows it. */
import { defaultWords, type Variable } from './variable';
import { VARIABLES } from './variables';

const FILES =
  '  NAME_FILE names a file with the value of a secret NAME of these, mode 0600 (or 0400, 0640): an environment is easily seen.';

export function describeVariables(): string {
  return [...Object.values<Variable<unknown>>(VARIABLES).map(described), FILES].join('\n');
}

function described(entry: Variable<unknown>): string {
  const aliases = entry.aliases ? ` (also read: ${entry.aliases.join(', ')})` : '';
  return `  ${entry.name}${aliases}\n      ${entry.meaning}\n      default: ${defaultWords(entry)}`;
}
