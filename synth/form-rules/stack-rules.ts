import { TerraformElement, TerraformStack } from 'cdktf';
import { ConstructOrder } from 'constructs';
import { isObject, type Json, type JsonObject } from '../hcl/expressions';
import { isTemplateName, LONGEST_NAME } from '../template-name';
import { shown } from './block';
import type { Rule } from './rule';
import type { StackFacts } from './stack-facts';

const about = 'stack';

/** Kinds of which two blocks of one address cannot both be meant: cdktf would merge them without a word. */
const ADDRESSED = ['resource', 'data', 'variable', 'output', 'locals', 'module'];

const keysOf = (value: Json | undefined): string[] =>
  isObject(value) ? Object.keys(value).filter((key) => key !== '//') : [];

/** The blocks an element makes, as `kind name` or `kind type name`. */
function addressesOf(configuration: JsonObject): string[] {
  return ADDRESSED.flatMap((kind) => {
    const content = configuration[kind];
    if (kind !== 'resource' && kind !== 'data') return keysOf(content).map((name) => `${kind} ${name}`);
    return keysOf(content).flatMap((type) =>
      keysOf((content as JsonObject)[type]).map((name) => `${kind} ${type} ${name}`),
    );
  });
}

/** Constructs by the address of a block they make. */
function makers({ stack }: StackFacts): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const node of stack.node.findAll(ConstructOrder.PREORDER)) {
    if (node === stack || !TerraformElement.isTerraformElement(node)) continue;
    if (TerraformStack.of(node) !== stack) continue;
    for (const address of addressesOf(node.toTerraform() as JsonObject)) {
      found.set(address, [...(found.get(address) ?? []), node.node.path]);
    }
  }
  return found;
}

/** The template as a whole. */
export const STACK_RULES: readonly Rule[] = [
  {
    id: 'stack/name',
    about,
    check: (_, { stack }) => {
      const name = stack.node.id;
      return isTemplateName(name)
        ? undefined
        : `the stack's id is the template's name and must be letters and digits joined by single hyphens, at most ` +
            `${LONGEST_NAME}, got ${shown(name)}: Coder refuses the push`;
    },
  },
  {
    id: 'stack/no-backend',
    about,
    check: (_, { terraform }) =>
      ['backend', 'cloud']
        .filter((argument) => terraform[argument] !== undefined)
        .map(
          (argument) =>
            `terraform.${argument} must not be there, got ${shown(terraform[argument])}: ` +
            'Coder keeps the state itself and would lose sight of what it made',
        ),
  },
  {
    id: 'stack/one-block-per-address',
    about,
    check: (_, stack) =>
      [...makers(stack)]
        .filter(([, paths]) => paths.length > 1)
        .map(
          ([address, paths]) =>
            `${address} is made by ${paths.join(' and ')}, and Terraform would get a mixture: give one another name`,
        ),
  },
];
