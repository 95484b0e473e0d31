/** Reads the shapes of all props from the TypeScript sources. */
import * as ts from 'typescript';
import type {
  Member,
  Parameter,
  Shape,
  ShapeTable,
  TypeShape,
  ValueShape,
} from '../../constructs/common/shape';
import { isExported, sourceProgram } from './source-program';

/** What a program's own classes give back, beside what they are given. */
const ALSO = ['AssistantParts'];

const isRoot = (name: string): boolean => name.endsWith('Props') || ALSO.includes(name);

/** @throws Error for a type that cannot be held against a value */
export function readShapes(): ShapeTable {
  const { program, files } = sourceProgram();
  const reader = new ShapeReader(program.getTypeChecker());
  for (const file of files) {
    for (const statement of program.getSourceFile(file)?.statements ?? []) {
      const isDeclaration = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
      if (isDeclaration && isExported(statement) && isRoot(statement.name.text)) reader.add(statement);
    }
  }
  return reader.table();
}

class ShapeReader {
  private readonly types = new Map<string, TypeShape>();
  private readonly values = new Map<string, ValueShape>();

  constructor(private readonly checker: ts.TypeChecker) {}

  add({ name }: ts.InterfaceDeclaration | ts.TypeAliasDeclaration): void {
    this.declare(name.text, this.checker.getTypeAtLocation(name));
  }

  /** In the order of names, so that a file that moves changes nothing. */
  table(): ShapeTable {
    const sorted = <T>(entries: Map<string, T>): Record<string, T> =>
      Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
    return { types: sorted(this.types), values: sorted(this.values) };
  }

  private declare(name: string, type: ts.Type): void {
    if (this.types.has(name)) return;
    // Before its members: they may lead back to it.
    this.types.set(name, { members: {} });
    const open = type.getProperties().some(({ flags }) => (flags & ts.SymbolFlags.Method) !== 0);
    this.types.set(name, { members: this.membersOf(type, name), ...(open ? { open } : {}) });
  }

  private membersOf(type: ts.Type, at: string): Record<string, Member> {
    return Object.fromEntries(
      type.getProperties().map((symbol) => [symbol.name, this.member(symbol, `${at}.${symbol.name}`)]),
    );
  }

  private member(symbol: ts.Symbol, at: string): Member {
    const type = this.checker.getTypeOfSymbol(symbol);
    const isOptional = (symbol.flags & ts.SymbolFlags.Optional) !== 0 || holdsUndefined(type);
    const doc = firstSentence(ts.displayPartsToString(symbol.getDocumentationComment(this.checker)));
    const given = symbol.getJsDocTags(this.checker).find(({ name }) => name === 'default');
    const standard = oneLine(ts.displayPartsToString(given?.text)).replace(/^- /, '');
    return {
      shape: this.shapeOf(this.checker.getNonNullableType(type), at),
      ...(isOptional ? { optional: true } : {}),
      ...(doc === '' ? {} : { doc }),
      ...(standard === '' ? {} : { default: standard }),
    };
  }

  private shapeOf(type: ts.Type, at: string): Shape {
    if (type.flags & ts.TypeFlags.Unknown) return 'json';
    if (type.flags & ts.TypeFlags.String) return 'text';
    if (type.flags & ts.TypeFlags.Number) return 'number';
    if (type.flags & ts.TypeFlags.Boolean) return 'boolean';
    if (type.isUnion()) return this.unionShape(type, at);
    if (type.isStringLiteral() || type.isNumberLiteral()) return { oneOf: [type.value] };
    if (type.flags & ts.TypeFlags.Object) return this.objectShape(type as ts.ObjectType, at);
    throw new Error(`${at}: no shape for the type ${this.checker.typeToString(type)}`);
  }

  private unionShape(type: ts.UnionType, at: string): Shape {
    const literals = type.types.filter((one) => one.isStringLiteral() || one.isNumberLiteral());
    // To the compiler a boolean is the union of true and false, and a part of the union around it.
    const isBoolean = (one: ts.Type): boolean => (one.flags & ts.TypeFlags.BooleanLiteral) !== 0;
    const others = type.types.filter(
      (one) => !literals.includes(one as ts.LiteralType as never) && !isBoolean(one),
    );
    const shapes: Shape[] = others.map((one) => this.shapeOf(one, at));
    if (type.types.filter(isBoolean).length === 2) shapes.push('boolean');
    if (literals.length > 0)
      shapes.unshift({
        oneOf: inSourceOrder(
          type,
          literals.map((one) => (one as ts.StringLiteralType).value),
        ),
      });
    const [first, ...more] = shapes;
    if (first === undefined) throw new Error(`${at}: an empty union`);
    return more.length === 0 ? first : { either: shapes };
  }

  private objectShape(type: ts.ObjectType, at: string): Shape {
    const { checker } = this;
    const name = type.symbol?.name ?? '';
    if (checker.isTupleType(type))
      return {
        tuple: checker.getTypeArguments(type as ts.TypeReference).map((one) => this.shapeOf(one, at)),
      };
    if (checker.isArrayType(type)) return { list: this.argument(type, 0, at) };
    if (name === 'ReadonlyMap' || name === 'Map') return { map: this.argument(type, 1, at) };
    if (name === 'Buffer') return 'bytes';
    if (type.getCallSignatures().length > 0) return 'function';
    if (type.isClass()) return this.classShape(type, at);
    const values = checker.getIndexInfoOfType(type, ts.IndexKind.String);
    if (values !== undefined) return { byName: this.shapeOf(values.type, at) };
    // Records over known names have no declaration of their own.
    const named = type.isClassOrInterface() ? name : type.aliasSymbol?.name;
    if (named === undefined || (named !== name && !isRoot(named)))
      return { members: this.membersOf(type, at) };
    this.declare(named, type);
    return { type: named };
  }

  private argument(type: ts.Type, position: number, at: string): Shape {
    const argument = this.checker.getTypeArguments(type as ts.TypeReference)[position];
    if (argument === undefined) throw new Error(`${at}: a type argument is missing`);
    return this.shapeOf(argument, at);
  }

  private classShape(type: ts.InterfaceType, at: string): Shape {
    const name = type.symbol.name;
    for (let base: ts.BaseType | undefined = type; base; base = base.getBaseTypes()?.[0])
      if (base.symbol?.name === 'Construct') return { construct: name };
    if (!this.values.has(name)) {
      this.values.set(name, { factories: {}, constants: [] });
      this.values.set(name, this.valueShape(type));
      const { factories } = this.values.get(name) ?? { factories: {} };
      if (Object.keys(factories).length === 0) throw new Error(`${at}: ${name} has no factory`);
    }
    return { value: name };
  }

  /** What makes objects of a class: static methods that return one, and static members that are one. */
  private valueShape(type: ts.InterfaceType): ValueShape {
    const { checker } = this;
    const statics = checker.getPropertiesOfType(checker.getTypeOfSymbol(type.symbol));
    const factories: Record<string, readonly Parameter[]> = {};
    const constants: string[] = [];
    for (const symbol of statics) {
      const of = checker.getTypeOfSymbol(symbol);
      const [signature] = of.getCallSignatures();
      if (of === type && symbol.name !== 'prototype') constants.push(symbol.name);
      else if (signature?.getReturnType() === type)
        factories[symbol.name] = signature.getParameters().map((parameter) => ({
          name: parameter.name,
          ...this.member(parameter, `${type.symbol.name}.${symbol.name}`),
          ...(isOptionalParameter(parameter) ? { optional: true } : {}),
        }));
    }
    return { factories, constants };
  }
}

/** The compiler has them in the order in which it met them. */
function inSourceOrder(type: ts.UnionType, values: readonly string[]): string[] {
  const [declaration] = type.aliasSymbol?.getDeclarations() ?? [];
  const text = declaration?.getText() ?? '';
  return [...values].sort((a, b) => text.indexOf(`'${a}'`) - text.indexOf(`'${b}'`));
}

const holdsUndefined = (type: ts.Type): boolean =>
  type.isUnion() && type.types.some(({ flags }) => (flags & ts.TypeFlags.Undefined) !== 0);

function isOptionalParameter(symbol: ts.Symbol): boolean {
  const [declaration] = symbol.getDeclarations() ?? [];
  return (
    declaration !== undefined &&
    ts.isParameter(declaration) &&
    (declaration.questionToken ?? declaration.initializer) !== undefined
  );
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

const firstSentence = (text: string): string => oneLine(text).split(/\.(?:\s|$)/)[0] ?? '';
