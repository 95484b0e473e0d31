import { shown } from '../../synth/shown';

/**
 * A Terraform expression as cdktf wants it: one interpolation around HCL text.
 *
 * Only plain references go in (`Parameter.ref`, `'coder_agent.main.id'`): a cdktf token inside would become an
 * interpolation within an expression, which Terraform refuses.
 *
 * @example expression`length(${parameter.ref})` // "${length(data.coder_parameter.x.value)}"
 */
export function expression(text: TemplateStringsArray, ...references: readonly string[]): string {
  for (const reference of references) {
    if (reference.startsWith('${') || reference.includes('TfToken[')) {
      throw new Error(
        `an expression takes plain references, got ${shown(reference)}: pass the reference without "\${…}"`,
      );
    }
  }
  return `\${${String.raw({ raw: text }, ...references)}}`;
}
