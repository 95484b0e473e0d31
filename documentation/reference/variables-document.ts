/** The gateway's environment as a page. */
import { fileVariableOf } from '../../gateway/config/secret-files';
import { defaultWords, type Variable } from '../../gateway/config/variable';
import { VARIABLES } from '../../gateway/config/variables';
import { code, page, table } from '../markdown';

function namesOf({ name, aliases = [], secret }: Variable<unknown>): string {
  return [
    code(name),
    ...(secret ? [`or ${code(fileVariableOf(name))}`] : []),
    ...(aliases.length > 0 ? [`also read: ${aliases.map(code).join(', ')}`] : []),
  ].join('; ');
}

export function variablesDocument(): string {
  const entries = Object.values<Variable<unknown>>(VARIABLES);
  return page(
    "The gateway's environment",
    '`gateway/config/variables.ts`',
    'Read once at start; what is wrong is said in one list, and the gateway does not start. `contractor-workspace gateway --help` has the same table.',
    'A secret can lie in a file: `NAME_FILE` names it, mode 0600, 0400 or 0640. An environment is easily seen.',
    table(
      ['variable', 'default', 'meaning'],
      entries.map((entry) => [namesOf(entry), defaultWords(entry), entry.meaning]),
    ),
  );
}
