/** What is looked for: our checklists, and the project's own from the base. Prompts are files in `prompts/review`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeVisible } from '../asking/visible';
import { maskLines } from '../asking/masking';
import type { Objects } from '../checkout/objects';

export const CHECKLIST_NAMES = ['security', 'code-quality', 'performance', 'testing'] as const;
export type ChecklistName = (typeof CHECKLIST_NAMES)[number];

/** The project's own, at the top of the checkout. */
export const PROJECT_FILE = '.ai-review.md';
/** Its name among rules. */
export const PROJECT = 'project';
/** Bytes of it that are read. */
const LONGEST = 16 * 1024;
/** Rules of one file. */
const MOST_RULES = 100;

export interface Checklists {
  readonly text: string;
  /** `security/sql-injection`, and `security/other`. */
  readonly rules: readonly Rule[];
  /** The project has one of its own. */
  readonly hasProject: boolean;
}

export interface Rule {
  readonly id: string;
  readonly about: string;
}

const FOLDER = join(__dirname, '..', '..', 'prompts', 'review');

/** @param name without its ending */
export const readPrompt = (name: string): string => readFileSync(join(FOLDER, `${name}.md`), 'utf8').trim();

/** @throws Error that names a place without a value */
export const fillPrompt = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the prompt has a place "${name}" that nothing fills`);
    return value;
  });

/**
 * @param names which of ours
 * @param base tree or commit that the project's own is read from. @default - there is none
 */
export async function readChecklists(
  objects: Objects,
  base: string | undefined,
  names: readonly ChecklistName[] = CHECKLIST_NAMES,
): Promise<Checklists> {
  const own = await projectList(objects, base);
  const lists: { readonly name: string; readonly text: string }[] = names.map((name) => ({
    name,
    text: readPrompt(name),
  }));
  if (own !== undefined) lists.push({ name: PROJECT, text: own });
  return {
    text: lists.map(({ name, text }) => demoted(name, text)).join('\n\n'),
    rules: lists.flatMap(({ name, text }) => rulesIn(name, text)),
    hasProject: own !== undefined,
  };
}

/** Under a heading of the whole prompt. */
const demoted = (name: string, text: string): string =>
  [`### ${name}`, ...text.split('\n').filter((line) => !line.startsWith('# '))].join('\n');

async function projectList(objects: Objects, base: string | undefined): Promise<string | undefined> {
  const content = base === undefined ? undefined : await objects.readFile(base, PROJECT_FILE);
  const text = content?.subarray(0, LONGEST).toString('utf8').trim() ?? '';
  if (text === '') return undefined;
  const { lines } = await maskLines(text.split('\n'));
  return lines.map((line) => makeVisible(line, 2_000).text).join('\n');
}

function rulesIn(list: string, text: string): Rule[] {
  const rules = [...text.matchAll(/^- `([a-z][a-z0-9-]{1,60})`: (.{1,400})/gm)]
    .slice(0, MOST_RULES)
    .map(([, id = '', about = '']) => ({ id: `${list}/${id}`, about }));
  return [...rules, { id: `${list}/other`, about: `Something else of the list "${list}".` }];
}
