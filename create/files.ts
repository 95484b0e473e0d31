/** The files of a new template repository. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { create } from 'handlebars';
import { SECRET_FILES } from '../release/preflight/secret-files';
import { PINS } from './pins';

const SOURCES = join(__dirname, 'template');

/** Sources by the path they get. */
const FILES: Readonly<Record<string, string>> = {
  '.github/workflows/template.yml': 'github.yml',
  '.gitignore': 'gitignore',
  '.gitlab-ci.yml': 'gitlab-ci.yml',
  'README.md': 'readme.md',
  'package.json': 'package.json',
  'policy.ts': 'policy.ts',
  'template.ts': 'template.ts',
  'test/template.test.ts': 'template.test.ts',
  'tsconfig.json': 'tsconfig.json',
};

export interface RepositoryNames {
  /** Of the template in Coder. */
  readonly name: string;
  /** What package.json asks npm for: a version, or where an archive is. */
  readonly source: string;
  /** Range of Node.js versions. */
  readonly node: string;
}

/** @returns texts by path */
export function repositoryFiles({ name, source, node }: RepositoryNames): ReadonlyMap<string, string> {
  const handlebars = create();
  const values = { name, package: name.toLowerCase(), source, node, pins: PINS, secrets: SECRET_FILES };
  return new Map(
    Object.entries(FILES).map(([path, from]) => {
      const text = readFileSync(join(SOURCES, `${from}.hbs`), 'utf8');
      return [path, handlebars.compile(text, { noEscape: true, strict: true })(values)];
    }),
  );
}
