import type { Json } from '../hcl/expressions';
import type { Token } from '../hcl/lexer';
import { isPresent, shown, type Block } from './block';
import { runsAgent } from './lifecycle-facts';
import type { Rule } from './rule';
import type { StackFacts } from './stack-facts';

/** What anybody with a shell in the workspace can read. */
const READABLE = [
  'resource coder_agent',
  'resource coder_app',
  'resource coder_env',
  'resource coder_metadata',
  'resource coder_script',
  'resource docker_container',
] as const;

/** Functions whose result does not give away what went in. */
const HIDING = [
  'sha1',
  'sha256',
  'sha512',
  'md5',
  'bcrypt',
  'base64sha256',
  'base64sha512',
  'uuidv5',
  'length',
];

/** An expression without the parts that only tell something about a value: hashes, lengths, comparisons. */
function givenAway(tokens: readonly Token[]): Token[] {
  const kept: Token[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] as Token;
    if (token.kind === 'ident' && HIDING.includes(token.text) && tokens[at + 1]?.text === '(') {
      at = closing(tokens, at + 1);
    } else if (isCompared(tokens, at)) {
      at += 2;
    } else {
      kept.push(token);
    }
  }
  return kept;
}

/** Whether `var.x` or `local.x` begins here and stands beside `==` or `!=`. */
function isCompared(tokens: readonly Token[], at: number): boolean {
  const comparisons = ['==', '!='];
  const isName = ['var', 'local'].includes(tokens[at]?.text ?? '') && tokens[at + 1]?.text === '.';
  return (
    isName &&
    (comparisons.includes(tokens[at + 3]?.text ?? '') || comparisons.includes(tokens[at - 1]?.text ?? ''))
  );
}

function closing(tokens: readonly Token[], from: number): number {
  let depth = 0;
  for (let at = from; at < tokens.length; at += 1) {
    if (tokens[at]?.kind !== 'punct') continue;
    if (tokens[at]?.text === '(') depth += 1;
    if (tokens[at]?.text === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return tokens.length;
}

/** Whether a value holds any text at all. */
function holdsText(value: Json | undefined): boolean {
  if (typeof value === 'string') return value !== '';
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsText);
}

const isSensitive = (variable: Block | undefined): boolean => variable?.get('sensitive') === true;

/** What a user's shell is shown: a container beside the workspace's own is not. */
const isReadable = (block: Block, stack: StackFacts): boolean =>
  block.type !== 'docker_container' || runsAgent(block, stack);

/** Secrets that all workspaces share, and those that people keep in Coder. */
export const SECRET_RULES: readonly Rule[] = [
  {
    id: 'secret/in-workspace',
    about: READABLE,
    check: (block, stack) => {
      if (!isReadable(block, stack)) return undefined;
      const uses = stack
        .references(block, { without: ['count', 'for_each'], reading: givenAway })
        .filter(({ thing }) => thing[0] === 'var' && isSensitive(stack.target(thing)))
        .map(
          ({ thing, at, through }) =>
            `${at} must not hold a sensitive variable, got ${thing[0]}.${thing[1]}${through}`,
        );
      return [...new Set(uses)].map(
        (use) => `${use}: every user of every workspace can read it, give each workspace a secret of its own`,
      );
    },
  },
  {
    id: 'secret/variable-default',
    about: 'variable',
    check: (variable) =>
      isSensitive(variable) && holdsText(variable.get('default'))
        ? `default of a sensitive variable must be left out, null or "", got a value: it lies in the template ` +
          `in clear, give ${shown(variable.name)} its value at the push`
        : undefined,
  },
  {
    id: 'secret/shown-by-validation',
    about: 'variable',
    check: (variable) =>
      isSensitive(variable) && isPresent(variable.get('validation'))
        ? `validation must not be given for a sensitive variable, got one for ${shown(variable.name)}: Terraform prints the ` +
          'value it refuses and Coder stores it in the log of the import, put the condition into a ' +
          'lifecycle.precondition of the container'
        : undefined,
  },
  {
    id: 'user-secret/one-target',
    about: 'data coder_secret',
    check: (secret) => {
      const given = (['env', 'file'] as const).filter(
        (argument) => isPresent(secret.get(argument)) && secret.text(argument) !== '',
      );
      return given.length === 1
        ? undefined
        : `env or file must be given, and not both, got ${shown(secret.get('env'))} and ${shown(secret.get('file'))}: ` +
            'it names the secret people must have';
    },
  },
];
