/** Reviewers and commands as files that a client reads. */
import { shipFile } from '../workspace-file';
import type { AssistantHost, HomeFile } from './assistant';

export interface MarkdownFile {
  readonly name: string;
  /** Members of its head, in this order: text, or JSON. */
  readonly head: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** JSON is YAML as well. */
export const renderMarkdown = ({ head, text }: Pick<MarkdownFile, 'head' | 'text'>): string =>
  `---\n${Object.entries(head)
    .map(([member, value]) => `${member}: ${JSON.stringify(value)}\n`)
    .join('')}---\n${text}\n`;

/**
 * Files of a folder of the home.
 *
 * @param assistant whose they are
 * @param folder relative to the home
 * @param leftAway names that an earlier template wrote: an empty text means no file
 */
export function workflowFiles(
  host: AssistantHost,
  assistant: string,
  folder: string,
  files: readonly MarkdownFile[],
  leftAway: readonly string[],
): HomeFile[] {
  const kind = folder.slice(folder.lastIndexOf('/') + 1);
  const written = files.map((file): HomeFile => {
    const path = shipFile(host.scope, `settings/${assistant}/${kind}/${file.name}.md`, renderMarkdown(file));
    return { path: `${folder}/${file.name}.md`, content: `file(${path})` };
  });
  return [...written, ...leftAway.map((name) => ({ path: `${folder}/${name}.md`, content: '""' }))];
}
