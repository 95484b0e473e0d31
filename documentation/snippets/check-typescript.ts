/** Holds the TypeScript of the docs against the sources, as the compiler does. */
import { join, relative, resolve } from 'node:path';
import * as ts from 'typescript';
import { compilerOptions, sourceProgram } from '../../scripts/prop-shapes/source-program';
import type { Fence } from '../markdown-tokens';

const ROOT = resolve(__dirname, '../..');
const GIVEN = join(__dirname, 'given.ts');
const FOLDER = join(__dirname, 'checked');

/** Whose names come first where two files have the same. */
const ORDER = ['documentation/', 'constructs/workspace/', 'src/', 'constructs/', 'synth/'];

/** @returns file, from which it can be imported, by name */
function exportedNames(program: ts.Program): ReadonlyMap<string, string> {
  const checker = program.getTypeChecker();
  const names = new Map<string, string>();
  const rank = (file: string): number => ORDER.findIndex((start) => relative(ROOT, file).startsWith(start));
  const files = program
    .getSourceFiles()
    .filter(({ fileName, isDeclarationFile }) => !isDeclarationFile && rank(fileName) >= 0)
    .sort((a, b) => rank(a.fileName) - rank(b.fileName));
  for (const file of files) {
    const symbol = checker.getSymbolAtLocation(file);
    for (const { name } of symbol ? checker.getExportsOfModule(symbol) : [])
      if (!names.has(name)) names.set(name, file.fileName);
  }
  return names;
}

function moduleOf({ text, heading }: Fence, names: ReadonlyMap<string, string>): string {
  if (/^import /m.test(text))
    // As one who has the package, or as one who works in a clone.
    return text
      .replace(/ from '\.\//g, ` from '${ROOT}/`)
      .replace(
        / from 'contractor-workspace(?:\/(\w+))?'/g,
        (_, part = 'index') => ` from '${ROOT}/library/${part}'`,
      );
  // Props alone are held against the type they stand under.
  const body = text.trimStart().startsWith('{')
    ? `export const props: ${heading} = ${text}`
    : `export function example(this: Construct): void {\n${text}\n}`;
  const used = new Set(body.match(/(?<![.\w'])[A-Za-z_]\w*/g));
  const imports = [...used].flatMap((name) => {
    const file = names.get(name);
    return file === undefined ? [] : `import { ${name} } from ${JSON.stringify(file.replace(/\.ts$/, ''))};`;
  });
  return `import type { Construct } from 'constructs';\n${imports.join('\n')}\n${body}`;
}

/** @returns what is wrong, by file and line of the page */
export function typescriptFaults(fences: readonly Fence[]): string[] {
  const before = sourceProgram();
  const options = { ...compilerOptions(), noUnusedLocals: false, noUnusedParameters: false };
  const host = ts.createCompilerHost(options);
  const withGiven = ts.createProgram([...before.files, GIVEN], options, host, before.program);
  const names = exportedNames(withGiven);
  const texts = new Map(
    fences.map((fence, at) => [join(FOLDER, `snippet-${at}.ts`), moduleOf(fence, names)] as const),
  );
  const withTexts: ts.CompilerHost = {
    ...host,
    fileExists: (file) => texts.has(file) || host.fileExists(file),
    readFile: (file) => texts.get(file) ?? host.readFile(file),
    getSourceFile: (file, languageVersion, ...more) => {
      const text = texts.get(file);
      return text === undefined
        ? host.getSourceFile(file, languageVersion, ...more)
        : ts.createSourceFile(file, text, languageVersion, true);
    },
  };
  const program = ts.createProgram([...texts.keys()], options, withTexts, withGiven);
  return [...texts.keys()].flatMap((name, at) => {
    const fence = fences[at];
    const file = program.getSourceFile(name);
    const faults = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    return faults.map(
      ({ messageText }) =>
        `${fence?.file}:${fence?.line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
  });
}
