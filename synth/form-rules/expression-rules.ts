import { HclSyntaxError, type Token } from '../hcl/lexer';
import { isObject } from '../hcl/expressions';
import { literalText, shown, type Block } from './block';
import {
  callsOf,
  directiveOf,
  hasNullBranch,
  isKnownToForm,
  loopVariables,
  sequencesOf,
  tokensOf,
  usesOf,
} from './expressions';
import type { Rule } from './rule';
import type { StackFacts } from './stack-facts';

/** What the form works out by itself, without Terraform. */
const about = ['data coder_parameter', 'data coder_workspace_preset', 'data coder_workspace_tags'] as const;

/** Their number is a rule of its own: the form shows such a parameter rather than failing. */
const without = ['count', 'for_each'];

/** Functions of Terraform that the form does not have. */
const UNKNOWN_FUNCTIONS = ['templatefile', 'templatestring', 'plantimestamp', 'ephemeralasnull'];

const DIRECTIVES = ['if', 'else', 'endif', 'for', 'endfor'];

/** Functions that give an object or a map. */
const OBJECT_FUNCTIONS = ['jsondecode', 'yamldecode', 'merge', 'tomap', 'zipmap'];

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)];

/** Variables a block uses, itself and through locals. */
const variables = (
  block: Block,
  stack: StackFacts,
): { variable: Block; name: string; at: string; through: string }[] =>
  stack
    .references(block, { without })
    .filter(({ thing: [root] }) => root === 'var')
    .flatMap(({ thing, at, through }) => {
      const variable = stack.target(thing);
      return variable === undefined ? [] : [{ variable, name: `var.${variable.name}`, at, through }];
    });

/** Whether the value that `sensitive(…)` gets is an object, as far as its text tells. */
function isObjectArgument(argument: readonly Token[], stack: StackFacts): boolean {
  const [first, second] = argument.filter(({ kind }) => kind !== 'newline');
  if (first?.kind === 'punct') return first.text === '{';
  if (first?.kind !== 'ident') return false;
  if (second?.text === '(') return OBJECT_FUNCTIONS.includes(first.text);
  const [reference, ...others] = usesOf(argument).references;
  if (reference?.length !== 2 || reference[0] !== 'local' || others.length > 0) return false;
  const local = stack.target(reference);
  if (local === undefined) return false;
  const { body } = local.placed;
  return isObject(body) || (typeof body === 'string' && /^\$\{\s*\{/.test(body));
}

/** A `$` that Terraform would not take, for text that is meant for a shell. */
const ESCAPE = 'write $${ or %%{ for text that is no Terraform expression';

/** What may stand in expressions. */
export const EXPRESSION_RULES: readonly Rule[] = [
  {
    id: 'expression/syntax',
    about: 'any',
    check: (block) =>
      block.templates().flatMap(({ at, text }) => {
        try {
          sequencesOf(text);
          return [];
        } catch (error) {
          return error instanceof HclSyntaxError ? `${at || 'value'} has ${error.message}: ${ESCAPE}` : [];
        }
      }),
  },
  {
    id: 'expression/shell-text',
    about: 'any',
    check: (block) =>
      distinct(
        block.templates().flatMap(({ at, text }) =>
          trySequencesOf(text).flatMap((tokens, _, all) => {
            const source = tokens.map((token) => token.text).join('');
            const directive = directiveOf(tokens);
            const foreign =
              directive === undefined
                ? isForeign(tokens, loopVariables(all.flat()))
                : !DIRECTIVES.includes(directive);
            return foreign
              ? `${at || 'value'} has ${shown(source)}, which Terraform cannot read: ${ESCAPE}`
              : [];
          }),
        ),
      ),
  },
  {
    id: 'expression/form-references',
    about,
    check: (block, stack) =>
      distinct(
        stack
          .references(block, { without })
          .filter(({ thing }) => !isKnownToForm(thing))
          .map(
            ({ thing, at, through }) =>
              `${at} must use only what the form can read, got ${thing.join('.')}${through}: ` +
              'use locals, files, variables, other parameters and data.coder_workspace_owner.me.groups',
          ),
      ),
  },
  {
    id: 'expression/form-functions',
    about,
    check: (block, stack) =>
      distinct(
        stack
          .functions(block, { without })
          .filter(({ thing }) => UNKNOWN_FUNCTIONS.includes(thing))
          .map(
            ({ thing, at, through }) =>
              `${at} must use only functions the form has, got ${thing}()${through}: take file() or a local instead`,
          ),
      ),
  },
  {
    id: 'expression/sensitive',
    about,
    check: (block, stack) =>
      distinct(
        stack
          .functions(block, { without })
          .filter(({ thing }) => thing === 'sensitive')
          .map(
            ({ at, through }) =>
              `${at} must not use sensitive()${through}: the whole form fails, mark a variable sensitive instead`,
          ),
      ),
  },
  {
    id: 'expression/sensitive-object',
    about: 'locals',
    check: (local, stack) =>
      local
        .templates()
        .map(({ text }) => tokensOf(text))
        .some((tokens) => callsOf(tokens, 'sensitive').some((argument) => isObjectArgument(argument, stack)))
        ? `${local.address} must not call sensitive() with an object: the whole form fails, used or not, ` +
          'mark a variable sensitive instead'
        : undefined,
  },
  {
    id: 'expression/variable-default',
    about,
    check: (block, stack) =>
      distinct(
        variables(block, stack)
          .filter(({ variable }) => variable.get('default') === undefined)
          .map(
            ({ name, at, through }) =>
              `${at} must use only variables with a default, got ${name}${through}: ` +
              'the whole form fails, give the variable one (try() does not help)',
          ),
      ),
  },
  {
    id: 'expression/sensitive-variable',
    about,
    check: (block, stack) =>
      distinct(
        variables(block, stack)
          .filter(({ variable }) => variable.get('sensitive') === true)
          .map(
            ({ name, at, through }) =>
              `${at} must not use a sensitive variable, got ${name}${through}: the form shows it in clear`,
          ),
      ),
  },
  {
    id: 'expression/null-branch',
    about: 'data coder_parameter',
    check: (parameter, stack) =>
      stack.expressions(parameter, { only: ['default'] }).some(({ thing }) => hasNullBranch(thing))
        ? 'default must not have null for a result of its condition: the whole form fails, use ""'
        : undefined,
  },
  {
    id: 'expression/owner-name',
    about: 'data coder_workspace_owner',
    check: (owner) =>
      owner.name === 'me'
        ? undefined
        : `the data source must be named "me", got "${owner.name}": the form knows the owner under that name ` +
          'only, use overrideLogicalId("me")',
  },
  {
    id: 'expression/shipped-file',
    about: 'any',
    check: (block, stack) =>
      distinct(
        block
          .templates()
          .flatMap(({ text }) => [
            ...text.matchAll(/\b(?:file(?!set)\w*|templatefile)\(\s*"\$\{path\.module\}\/([^"$]+)"/g),
          ])
          .map((match) => literalText(match[1]) ?? '')
          .filter((path) => !stack.files.has(path))
          .map((path) => `the template must ship "${path}", which file() reads: add it by addFile`),
      ),
  },
];

/** Whether a sequence begins with what only a shell knows: `${HOME}`, `${X:-y}`. */
function isForeign(tokens: readonly Token[], own: ReadonlySet<string>): boolean {
  const isEmpty = tokens.length <= 2;
  return isEmpty || usesOf(tokens, own).strays.length > 0;
}

/** The sequences of a template, one by one; none when it is no template: another rule says so. */
function trySequencesOf(template: string): (readonly Token[])[] {
  try {
    return sequencesOf(template);
  } catch {
    return [];
  }
}
