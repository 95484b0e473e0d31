/** The stages of a model call in their order, read from `gateway/pipeline.ts`. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as ts from 'typescript';
import { ROOT } from '../doc-files';

const PIPELINE = join(ROOT, 'gateway/pipeline.ts');
const FIRST = 'runCall';

/** @returns names of files in gateway/stages/, each once */
export function stagesOfCall(text: string = readFileSync(PIPELINE, 'utf8')): string[] {
  const file = ts.createSourceFile(PIPELINE, text, ts.ScriptTarget.ES2022, true);
  const stages = new Map<string, string>();
  const functions = new Map<string, ts.FunctionDeclaration>();
  for (const statement of file.statements) {
    if (ts.isFunctionDeclaration(statement) && statement.name) functions.set(statement.name.text, statement);
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const from = statement.moduleSpecifier.text;
    const names = statement.importClause?.namedBindings;
    if (from.startsWith('./stages/') && names && ts.isNamedImports(names))
      for (const { name } of names.elements) stages.set(name.text, basename(from));
  }
  const met = new Set<string>();
  const visit = (node: ts.Node): void => {
    // What happens to a refused call is another way.
    if (ts.isCatchClause(node)) return;
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      node.arguments.forEach(visit);
      const name = node.expression.text;
      const stage = stages.get(name);
      if (stage !== undefined) met.add(stage);
      const own = functions.get(name)?.body;
      if (own) visit(own);
      return;
    }
    ts.forEachChild(node, visit);
  };
  const body = functions.get(FIRST)?.body;
  if (body === undefined) throw new Error(`${PIPELINE} has no function ${FIRST}`);
  visit(body);
  return [...met];
}
