/** The HCL library: stacks that are written as files which people read and Coder's form understands, and the rules they are held to. */
export { expression } from '../constructs/common/expression';
export { local } from '../constructs/common/local';
export { FORM_RULES, findFaults } from '../synth/form-rules';
export type { Rule } from '../synth/form-rules/rule';
export { placeIn } from '../synth/hcl/layout';
export { literal } from '../synth/hcl/strings';
export { TemplateStack, type TemplateStackProps } from '../synth/template-stack';
