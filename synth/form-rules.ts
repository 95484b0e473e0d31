import type { TerraformStack } from 'cdktf';
import { AGENT_RULES } from './form-rules/agent-rules';
import { APP_RULES } from './form-rules/app-rules';
import { ARGUMENT_RULES } from './form-rules/argument-rules';
import { Block } from './form-rules/block';
import { CONTAINER_ACCESS_RULES } from './form-rules/container-access-rules';
import { CONTAINER_RULES } from './form-rules/container-rules';
import { ENV_RULES } from './form-rules/env-rules';
import { EXPRESSION_RULES } from './form-rules/expression-rules';
import { ICON_RULES } from './form-rules/icon-rules';
import { IMAGE_RULES } from './form-rules/image-rules';
import { LIFECYCLE_RULES } from './form-rules/lifecycle-rules';
import { METADATA_RULES } from './form-rules/metadata-rules';
import { OPTION_RULES } from './form-rules/option-rules';
import { PARAMETER_RULES } from './form-rules/parameter-rules';
import { PREBUILD_RULES } from './form-rules/prebuild-rules';
import { PRESET_RULES } from './form-rules/preset-rules';
import { PROVIDER_RULES } from './form-rules/provider-rules';
import { FormRulesError, type Fault, type Rule } from './form-rules/rule';
import { SCRIPT_RULES } from './form-rules/script-rules';
import { SECRET_RULES } from './form-rules/secret-rules';
import { StackFacts } from './form-rules/stack-facts';
import { STACK_RULES } from './form-rules/stack-rules';
import { TEMPLATE_FILE_RULES } from './form-rules/template-file-rules';
import { VALIDATION_RULES } from './form-rules/validation-rules';
import type { JsonObject } from './hcl/expressions';

export { FormRulesError, type Fault, type Rule } from './form-rules/rule';

/**
 * What a template must hold to, beyond what Terraform itself refuses: Coder's form reads parameters with a reader of
 * its own, and much that it or a build trips over nobody checks before a person waits for it.
 */
export const FORM_RULES: readonly Rule[] = [
  ...STACK_RULES,
  ...PROVIDER_RULES,
  ...EXPRESSION_RULES,
  ...TEMPLATE_FILE_RULES,
  ...ARGUMENT_RULES,
  ...SECRET_RULES,
  ...PARAMETER_RULES,
  ...VALIDATION_RULES,
  ...OPTION_RULES,
  ...PRESET_RULES,
  ...PREBUILD_RULES,
  ...AGENT_RULES,
  ...SCRIPT_RULES,
  ...APP_RULES,
  ...ENV_RULES,
  ...METADATA_RULES,
  ...CONTAINER_RULES,
  ...CONTAINER_ACCESS_RULES,
  ...ICON_RULES,
  ...IMAGE_RULES,
  ...LIFECYCLE_RULES,
];

const subjectsOf = (block: Block): string[] => [
  'any',
  block.kind === 'resource' || block.kind === 'data' ? `${block.kind} ${block.type}` : block.kind,
];

/**
 * All faults of a stack, in the order of its blocks.
 *
 * @param files what is shipped beside the HCL: text by path
 */
export function findFaults(
  stack: TerraformStack,
  files?: ReadonlyMap<string, string>,
  rules: readonly Rule[] = FORM_RULES,
): Fault[] {
  const configuration = stack.toTerraform() as JsonObject;
  const facts = new StackFacts(stack, configuration, files);
  const whole = new Block({ kind: 'stack', type: 'stack', name: '', body: configuration }, stack.node.path);
  const about = (rule: Rule): readonly string[] => [rule.about].flat();
  const check = (block: Block, subjects: readonly string[], address: string): Fault[] =>
    rules
      .filter((rule) => about(rule).some((subject) => subjects.includes(subject)))
      .flatMap((rule) =>
        [rule.check(block, facts) ?? []]
          .flat()
          .map((message): Fault => ({ rule: rule.id, path: block.path, address, message })),
      );
  return [
    ...check(whole, ['stack'], ''),
    ...facts.blocks.flatMap((block) => check(block, subjectsOf(block), block.address)),
  ];
}

/** @throws FormRulesError that lists every fault of the stack */
export function checkFormRules(
  stack: TerraformStack,
  files?: ReadonlyMap<string, string>,
  rules: readonly Rule[] = FORM_RULES,
): void {
  const faults = findFaults(stack, files, rules);
  if (faults.length > 0) throw new FormRulesError(stack.node.path, faults);
}
