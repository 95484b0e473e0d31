/** Whether the JSON and YAML of the docs can be read. */
import { parseAllDocuments } from 'yaml';
import type { Fence } from '../markdown-tokens';

/** Languages of blocks, and what looks at them; the others are shown as they are. */
export const LANGUAGES = [
  '',
  'bash',
  'console',
  'dockerfile',
  'hcl',
  'ini',
  'json',
  'md',
  'python',
  'sh',
  'text',
  'ts',
  'yaml',
];

export function dataFaults({ file, line, language, text }: Fence): string[] {
  if (!LANGUAGES.includes(language))
    return [`${file}:${line}: "${language}" is not one of ${LANGUAGES.join(', ')}`];
  try {
    if (language === 'json') JSON.parse(text);
    if (language === 'yaml') for (const { errors } of parseAllDocuments(text)) if (errors[0]) throw errors[0];
    return [];
  } catch (fault) {
    return [`${file}:${line}: ${(fault as Error).message}`];
  }
}
