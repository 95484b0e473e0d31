/** The sources in which users' props are declared, as the compiler reads them. */
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as ts from 'typescript';

const ROOT = resolve(__dirname, '../..');

/** Where what users write is declared. */
const FOLDERS = ['constructs', 'src'];

const sources = (): string[] =>
  FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .sort()
      .map((path) => join(ROOT, folder, path)),
  );

/** What the project's own sources are compiled with. */
export function compilerOptions(): ts.CompilerOptions {
  const configFile = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  return { ...ts.parseJsonConfigFileContent(configFile.config, ts.sys, ROOT).options, types: ['node'] };
}

export function sourceProgram(): { readonly program: ts.Program; readonly files: readonly string[] } {
  const files = sources();
  return { program: ts.createProgram(files, compilerOptions()), files };
}

export const isExported = (node: ts.Declaration): boolean =>
  (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Export) !== 0;
