/** Reads from the sources what somebody who writes a template can give: types, members, factories, with their docstrings. */
import { relative, resolve } from 'node:path';
import * as ts from 'typescript';
import { isExported, sourceProgram } from '../../scripts/prop-shapes/source-program';

const ROOT = resolve(__dirname, '../..');

interface Described {
  readonly name: string;
  /** Paragraphs, as they are written. */
  readonly doc: string;
  readonly examples: readonly string[];
}

export interface PropMember extends Described {
  readonly type: string;
  readonly isOptional: boolean;
  /** As it is written; empty where nothing is said. */
  readonly standard: string;
}

/** A static method or member that gives an object of its class. */
export interface Maker extends Described {
  /** As one calls it: `NetworkSource.existing(name: string)`. */
  readonly call: string;
}

export interface PropType extends Described {
  readonly kind: 'members' | 'class' | 'words';
  /** Path of the file, from the root. */
  readonly file: string;
  readonly members: readonly PropMember[];
  readonly makers: readonly Maker[];
  /** What a type that has no members stands for. */
  readonly text: string;
  /** Names of the types it is made of. */
  readonly refers: readonly string[];
}

type Declaration = ts.InterfaceDeclaration | ts.TypeAliasDeclaration | ts.ClassDeclaration;

const isDeclaration = (node: ts.Node): node is Declaration =>
  ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isClassDeclaration(node);

/** @returns by name; of the folders that users write for */
export function readProps(): ReadonlyMap<string, PropType> {
  const { program, files } = sourceProgram();
  const reader = new PropReader(program.getTypeChecker());
  const found = new Map<string, PropType>();
  for (const file of files)
    for (const statement of program.getSourceFile(file)?.statements ?? [])
      if (isDeclaration(statement) && statement.name !== undefined && isExported(statement))
        found.set(statement.name.text, reader.read(statement, statement.name));
  return found;
}

/** Types as one writes them out, however long. */
const WHOLE = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias;

class PropReader {
  constructor(private readonly checker: ts.TypeChecker) {}

  read(declaration: Declaration, name: ts.Identifier): PropType {
    const type = this.checker.getTypeAtLocation(name);
    const isClass = ts.isClassDeclaration(declaration);
    const members = isClass || !isObject(type) ? [] : this.members(type);
    return {
      ...this.described(this.checker.getSymbolAtLocation(name), name.text),
      kind: isClass ? 'class' : members.length > 0 ? 'members' : 'words',
      file: relative(ROOT, declaration.getSourceFile().fileName),
      members,
      makers: isClass ? this.makers(declaration, type) : [],
      text: this.checker.typeToString(type, undefined, WHOLE),
      refers: this.refers(declaration, type),
    };
  }

  private described(symbol: ts.Symbol | undefined, name: string): Described {
    const tags = symbol?.getJsDocTags(this.checker) ?? [];
    return {
      name,
      doc: ts.displayPartsToString(symbol?.getDocumentationComment(this.checker)).trim(),
      examples: tags
        .filter((tag) => tag.name === 'example')
        .map(({ text }) => ts.displayPartsToString(text).trim()),
    };
  }

  private members(type: ts.Type): PropMember[] {
    return type.getProperties().flatMap((symbol) => {
      const [declaration] = symbol.getDeclarations() ?? [];
      if (declaration === undefined || !ts.isPropertySignature(declaration)) return [];
      const tag = symbol.getJsDocTags(this.checker).find(({ name }) => name === 'default');
      return {
        ...this.described(symbol, symbol.name),
        type: oneLine(declaration.type?.getText() ?? ''),
        isOptional: (symbol.flags & ts.SymbolFlags.Optional) !== 0,
        standard: oneLine(ts.displayPartsToString(tag?.text)).replace(/^- /, ''),
      };
    });
  }

  private makers(declaration: ts.ClassDeclaration, type: ts.Type): Maker[] {
    return declaration.members.flatMap((member) => {
      const isStatic = (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Static) !== 0;
      const symbol = member.name && this.checker.getSymbolAtLocation(member.name);
      if (!isStatic || symbol === undefined) return [];
      const of = this.checker.getTypeOfSymbol(symbol);
      const name = `${declaration.name?.text}.${symbol.name}`;
      if (of === type) return { ...this.described(symbol, symbol.name), call: name };
      const [signature] = of.getCallSignatures();
      if (signature?.getReturnType() !== type || !ts.isMethodDeclaration(member)) return [];
      const parameters = member.parameters.map((parameter) => oneLine(parameter.getText()));
      return { ...this.described(symbol, symbol.name), call: `${name}(${parameters.join(', ')})` };
    });
  }

  /** Of a class only what its factories take: what it is made of is its own. */
  private refers(declaration: Declaration, type: ts.Type): string[] {
    const names = new Set<string>();
    const visit = (node: ts.Node): void => {
      if (ts.isTypeReferenceNode(node) && ts.isIdentifier(node.typeName)) names.add(node.typeName.text);
      ts.forEachChild(node, visit);
    };
    if (ts.isClassDeclaration(declaration))
      for (const member of declaration.members) {
        if (ts.isMethodDeclaration(member) && ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Static)
          member.parameters.forEach(visit);
      }
    // What it has from another is shown as its own: the other need not be looked up.
    else if (isObject(type))
      for (const symbol of type.getProperties()) symbol.getDeclarations()?.forEach(visit);
    else visit(declaration);
    return [...names];
  }
}

const isObject = (type: ts.Type): boolean =>
  (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) !== 0 &&
  type.getCallSignatures().length === 0;

const oneLine = (text: string): string =>
  text
    .replace(/\/\*\*[^]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .trim();
