/** A recipe's text, from its template, held against the schema of what we use of the platform's format. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { create } from 'handlebars';
import { parse } from 'yaml';
import type { ForgeName } from '../forges/names';
import { choicesLine } from './choices';
import type { RecipeOptions } from './options';

interface Recipe {
  /** From the top of the checkout. */
  readonly path: string;
  /** Label of the usual machine. @default - none is named */
  readonly runner?: string;
  /** What is left to do, in sentences. */
  readonly next: string;
}

export const RECIPES: Readonly<Record<ForgeName, Recipe>> = {
  github: {
    path: '.github/workflows/ai-review.yml',
    runner: 'ubuntu-24.04',
    next: 'In the settings, for Actions: the variable AI_GATEWAY_URL, and the secret AI_GATEWAY_KEY (a key of the scope agent:review).',
  },
  gitlab: {
    path: '.gitlab/ai-review.yml',
    next: 'In .gitlab-ci.yml: include: [{ local: .gitlab/ai-review.yml }]. As CI/CD variables: AI_GATEWAY_URL; masked AI_GATEWAY_KEY (a key of the scope agent:review); masked GITLAB_TOKEN (a project access token, scope api, role Developer).',
  },
  gitea: {
    path: '.gitea/workflows/ai-review.yml',
    runner: 'ubuntu-latest',
    next: 'In the settings, for Actions: the variable AI_GATEWAY_URL, and the secret AI_GATEWAY_KEY (a key of the scope agent:review).',
  },
};

const FOLDER = __dirname;
const read = (...names: readonly string[]): string => readFileSync(join(FOLDER, ...names), 'utf8');

/** @throws Error when the schema does not take it: a fault of the template */
export function renderRecipe(name: ForgeName, options: RecipeOptions): string {
  const engine = create();
  engine.registerHelper({
    json: (value: unknown) => JSON.stringify(typeof value === 'number' ? String(value) : value),
    indent: (count: number, text: string) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => (line === '' ? '' : ' '.repeat(count) + line))
        .join('\n'),
  });
  const text = engine.compile(read('templates', `${name}.hbs`), {
    noEscape: true,
    strict: false,
    preventIndent: true,
  })({
    ...options,
    runner: options.runner ?? RECIPES[name].runner,
    line: choicesLine(options),
    script: read('review.sh'),
  });
  const fault = faultOf(name, text);
  if (fault !== undefined) throw new Error(`the recipe for ${name} is not what its schema says: ${fault}`);
  return text;
}

/** @returns what the schema does not take. @default - it is taken */
export function faultOf(name: ForgeName, text: string): string | undefined {
  const schema = JSON.parse(read('schemas', `${name}.schema.json`)) as Record<string, unknown>;
  const ajv = new Ajv({ strict: true, allErrors: false, allowUnionTypes: true });
  const isRight = ajv.compile(schema);
  return isRight(parse(text)) ? undefined : ajv.errorsText(isRight.errors, { dataVar: 'file' });
}
