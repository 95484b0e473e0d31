/**
 * A rule of ESLint's: an expression, a split or a replacement looks at text that is known to be short.
 *
 * Whoever sends the text can make it as long as a body may be, and nobody else is served until the expression is done
 * with it; V8 even ends the process for some. So what is looked at is cut by `cut` (`gateway/model/cut.ts`), or a comment
 * on the line before says what bounds it:
 *
 *     // bounded: a header is no longer than Node takes
 *     const [name] = header.split(';', 1);
 */
'use strict';

const METHODS_OF_TEXT = new Set(['match', 'matchAll', 'replace', 'replaceAll', 'search', 'split']);
const METHODS_OF_EXPRESSIONS = new Set(['exec', 'test']);
const WORD = 'bounded:';

const nameOf = ({ property, computed }) =>
  computed ? undefined : property.type === 'Identifier' ? property.name : undefined;

const isExpression = (node) =>
  (node.type === 'Literal' && node.regex !== undefined) ||
  // As constants are named.
  (node.type === 'Identifier' && /^[A-Z][A-Z0-9_]*$/.test(node.name));

const isWritten = (node) =>
  (node.type === 'Literal' && typeof node.value === 'string') ||
  (node.type === 'TemplateLiteral' && node.expressions.length === 0);

const isCut = (node) =>
  node.type === 'CallExpression' && node.callee.type === 'Identifier' && node.callee.name === 'cut';

/** The text that a call looks at; undefined when it looks at none. */
function textOf({ callee, arguments: given }) {
  if (callee.type !== 'MemberExpression') return undefined;
  const method = nameOf(callee);
  if (METHODS_OF_TEXT.has(method)) {
    // `replace` and `search` of other things take no expression and no text.
    const [sought] = given;
    if (sought === undefined || sought.type === 'ObjectExpression') return undefined;
    return callee.object;
  }
  const isOurs = METHODS_OF_EXPRESSIONS.has(method) && given.length === 1;
  return isOurs && (isExpression(callee.object) || callee.object.type === 'Identifier')
    ? given[0]
    : undefined;
}

module.exports = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      unbounded:
        'Nobody knows how long this text is. Look at cut(text, n) instead, or say what bounds it: // bounded: …',
      made: 'An expression that is made of text takes as long as its writer likes. Say what bounds it: // bounded: …',
    },
  },
  create(context) {
    const source = context.sourceCode;
    const saidLines = new Set(
      source
        .getAllComments()
        .filter(({ value }) => value.trim().startsWith(WORD))
        .map(({ loc }) => loc.end.line),
    );
    /** On the line before the call, or before the statement that it is in. */
    const isSaid = (node) => {
      for (let each = node; each; each = each.parent) {
        if (saidLines.has(each.loc.start.line - 1) || saidLines.has(each.loc.start.line)) return true;
        if (/Statement$|Declaration$|PropertyDefinition$|^Property$/.test(each.type)) return false;
      }
      return false;
    };
    const report = (node, messageId) => {
      if (!isSaid(node)) context.report({ node, messageId });
    };
    const made = (node) => {
      if (node.callee.type === 'Identifier' && node.callee.name === 'RegExp') report(node, 'made');
    };
    return {
      NewExpression: made,
      CallExpression(node) {
        made(node);
        const text = textOf(node);
        if (text !== undefined && !isCut(text) && !isWritten(text)) report(node, 'unbounded');
      },
    };
  },
};
