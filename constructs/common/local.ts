import { TerraformLocal } from 'cdktf';
import type { Construct } from 'constructs';

/**
 * Declares a Terraform local under exactly this name.
 *
 * @returns the plain reference `local.<name>`, for expressions
 */
export function local(scope: Construct, name: string, value: unknown): string {
  new TerraformLocal(scope, name, value).overrideLogicalId(name);
  return `local.${name}`;
}
