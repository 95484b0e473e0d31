/**
 * Counts what the gateway's code does, to be required before it: `node --require ./scripts/register-typescript.cjs
 * --require ./test/linear/count-work.cjs …`. The same input always comes to the same number, on every machine.
 *
 * Counted are calls and rounds of loops, by a step put into each function and loop of `gateway/`, and what built-in
 * functions go through: characters that are searched, split, replaced or written, entries that are compared or copied.
 * What an expression tries in vain and what `{...object}` copies is not; `held.test.ts` has that, by the time it takes.
 */
'use strict';
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const ts = require('typescript');

const work = (globalThis.countedWork = { steps: 0 });
const spend = (steps) => {
  work.steps += steps;
};

/* The gateway's own code. */

const { factory } = ts;
const STEP = () =>
  factory.createPostfixIncrement(
    factory.createPropertyAccessExpression(
      factory.createPropertyAccessExpression(factory.createIdentifier('globalThis'), 'countedWork'),
      'steps',
    ),
  );

function withStep(body) {
  if (!ts.isBlock(body)) return factory.createParenthesizedExpression(factory.createComma(STEP(), body));
  // Directives stay first.
  return factory.updateBlock(body, [factory.createExpressionStatement(STEP()), ...body.statements]);
}

const inLoop = (statement) =>
  factory.createBlock([factory.createExpressionStatement(STEP()), statement], true);

const counting = (context) => {
  const visit = (node) => {
    const seen = ts.visitEachChild(node, visit, context);
    if (ts.isArrowFunction(seen))
      return factory.updateArrowFunction(
        seen,
        seen.modifiers,
        seen.typeParameters,
        seen.parameters,
        seen.type,
        seen.equalsGreaterThanToken,
        withStep(seen.body),
      );
    if (ts.isFunctionDeclaration(seen) && seen.body)
      return factory.updateFunctionDeclaration(
        seen,
        seen.modifiers,
        seen.asteriskToken,
        seen.name,
        seen.typeParameters,
        seen.parameters,
        seen.type,
        withStep(seen.body),
      );
    if (ts.isMethodDeclaration(seen) && seen.body)
      return factory.updateMethodDeclaration(
        seen,
        seen.modifiers,
        seen.asteriskToken,
        seen.name,
        seen.questionToken,
        seen.typeParameters,
        seen.parameters,
        seen.type,
        withStep(seen.body),
      );
    if (ts.isForStatement(seen))
      return factory.updateForStatement(
        seen,
        seen.initializer,
        seen.condition,
        seen.incrementor,
        inLoop(seen.statement),
      );
    if (ts.isForOfStatement(seen))
      return factory.updateForOfStatement(
        seen,
        seen.awaitModifier,
        seen.initializer,
        seen.expression,
        inLoop(seen.statement),
      );
    if (ts.isWhileStatement(seen))
      return factory.updateWhileStatement(seen, seen.expression, inLoop(seen.statement));
    if (ts.isDoStatement(seen))
      return factory.updateDoStatement(seen, inLoop(seen.statement), seen.expression);
    return seen;
  };
  return (file) => ts.visitNode(file, visit);
};

const GATEWAY = join(__dirname, '..', '..', 'gateway', '/');
const plainLoad = require.extensions['.ts'];
require.extensions['.ts'] = (module, file) => {
  if (!file.startsWith(GATEWAY)) return plainLoad(module, file);
  const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      esModuleInterop: true,
    },
    transformers: { before: [counting] },
  });
  module._compile(outputText, file);
};

/* What built-in functions go through. */

function count(owner, names, stepsOf) {
  for (const name of names) {
    const original = owner[name];
    Object.defineProperty(owner, name, {
      configurable: true,
      writable: true,
      value: function (...given) {
        const result = original.apply(this, given);
        spend(stepsOf(this, given, result));
        return result;
      },
    });
  }
}

const lengthOf = (value) => (value === null || value === undefined ? 0 : (value.length ?? value.size ?? 0));
/** Up to where it was found, or all of it. */
const upTo = (place, from, length) => Math.max(1, (place === -1 ? length : place + 1) - (from ?? 0));
const { indexOf: textIndexOf } = String.prototype;
const { indexOf: listIndexOf } = Array.prototype;

count(String.prototype, ['indexOf'], (text, [, from], place) => upTo(place, from, text.length));
count(String.prototype, ['lastIndexOf'], (text) => text.length);
count(String.prototype, ['includes'], (text, [sought, from]) =>
  upTo(textIndexOf.call(text, sought, from), from, text.length),
);
count(
  String.prototype,
  ['split', 'replace', 'replaceAll', 'match', 'search', 'trim', 'trimStart', 'trimEnd', 'toLowerCase'],
  (text, _, result) => text.length + lengthOf(result),
);
count(String.prototype, ['toUpperCase', 'normalize', 'localeCompare', 'isWellFormed'], (text) => text.length);
count(String.prototype, ['repeat', 'padStart', 'padEnd', 'concat'], (_, __, result) => result.length);
count(String.prototype, ['startsWith', 'endsWith'], (_, [sought]) => sought.length);

count(Array.prototype, ['includes'], (list, [sought, from]) =>
  upTo(listIndexOf.call(list, sought, from), from, list.length),
);
count(Array.prototype, ['indexOf'], (list, [, from], place) => upTo(place, from, list.length));
count(
  Array.prototype,
  [
    'lastIndexOf',
    'splice',
    'shift',
    'unshift',
    'reverse',
    'fill',
    'filter',
    'map',
    'forEach',
    'reduce',
    'some',
  ],
  (list) => list.length,
);
count(Array.prototype, ['concat', 'slice', 'flat', 'flatMap', 'join'], (_, __, result) => result.length);
count(Array.prototype, ['sort'], (list) => list.length * Math.ceil(Math.log2(list.length + 2)));
count(Array.prototype, ['push'], (_, given) => given.length);

const { exec } = RegExp.prototype;
RegExp.prototype.exec = function (text) {
  const from = this.global || this.sticky ? this.lastIndex : 0;
  const found = exec.call(this, text);
  spend(Math.max(1, (found ? found.index + found[0].length : String(text).length) - from));
  return found;
};
count(JSON, ['parse'], (_, [text]) => lengthOf(text));
count(JSON, ['stringify'], (_, __, text) => lengthOf(text));
count(Object, ['keys', 'values', 'entries', 'fromEntries'], (_, [from], result) =>
  Math.max(lengthOf(from), lengthOf(result)),
);
const { keys } = Object;
count(Object, ['assign'], (_, given) => given.reduce((sum, each) => sum + keys(each ?? {}).length, 0));
count(Buffer, ['from', 'concat', 'alloc', 'allocUnsafe'], (_, __, result) => result.length);
count(Buffer, ['byteLength'], (_, [text]) => lengthOf(text));
count(Buffer.prototype, ['toString', 'write', 'copy', 'fill', 'indexOf', 'equals'], (_, [first], result) =>
  Math.max(
    lengthOf(result),
    typeof result === 'number' ? result : 0,
    typeof first === 'string' ? first.length : 0,
  ),
);

// Copies by `[...list]`.
for (const made of [[], new Set(), new Map()])
  count(Object.getPrototypeOf(made[Symbol.iterator]()), ['next'], () => 1);
