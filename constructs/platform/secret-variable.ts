import { DataResource, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { expression } from '../common/expression';
import { literal } from '../../synth/hcl/strings';

/** What a secret must be. It is told without the secret: a variable's own validation would print its value. */
export interface SecretRule {
  /** Plain boolean expression over `value`, which stands for the secret. */
  readonly holds: string;
  /** Completes "NAME must …". */
  readonly must: string;
}

/** Long enough that nobody guesses it. */
export const longSecret = (remedy = 'openssl rand -hex 32'): SecretRule => ({
  holds: 'length(value) >= 32',
  must: `have at least 32 characters: make one with "${remedy}"`,
});

export interface SecretVariableProps {
  readonly description: string;
  readonly rules: readonly SecretRule[];
  /** May be left out, and is empty then: for what cannot be there at the first apply. @default false */
  readonly optional?: boolean;
}

/** One that is no secret, and may be left out: it is empty then. */
export type SettingProps = Pick<SecretVariableProps, 'description' | 'rules'>;

/** Says of each secret what is wrong with it, before anything is made. */
export class SecretChecks extends Construct {
  /** What was asked for, and whether it may be left out. */
  readonly asked: { name: string; isOptional: boolean }[] = [];
  private readonly refs: string[] = [];
  private readonly resource: DataResource;
  private readonly conditions: { condition: string; errorMessage: string }[] = [];

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.resource = new DataResource(this, 'Resource', {});
    this.resource.overrideLogicalId('secrets');
  }

  /**
   * A sensitive variable of the stack.
   *
   * @returns plain reference to it
   */
  variable(name: string, props: SecretVariableProps): string {
    const ref = `var.${name}`;
    if (this.refs.includes(ref)) return ref;
    this.refs.push(ref);
    this.declare(name, props, true);
    return ref;
  }

  /**
   * A variable of the stack that is shown.
   *
   * @returns plain reference to it
   */
  setting(name: string, props: SettingProps): string {
    if (!this.asked.some((each) => each.name === name))
      this.declare(name, { ...props, optional: true }, false);
    return `var.${name}`;
  }

  private declare(
    name: string,
    { description, optional = false, rules }: SecretVariableProps,
    sensitive: boolean,
  ): void {
    this.asked.push({ name, isOptional: optional });
    new TerraformVariable(this, name, {
      type: 'string',
      ...(sensitive && { sensitive }),
      nullable: false,
      description,
      default: optional ? '' : undefined,
    }).overrideLogicalId(name);
    for (const { holds, must } of rules) {
      // A line each: an empty value may be meant.
      const whole = optional ? `var.${name} == "" || (${holds})` : holds;
      const condition = whole.replace(/\bvalue\b/g, `var.${name}`);
      this.require(
        sensitive ? expression`nonsensitive(${condition})` : expression`${condition}`,
        `${name} must ${must}.`,
      );
    }
  }

  /** Two that are the same make one that opens two doors. Call it when all are known. */
  requireDifferent(): void {
    const names = this.refs.map((ref) => ref.replace('var.', '')).join(', ');
    this.require(
      expression`nonsensitive(length(distinct(compact([${this.refs.join(', ')}]))) == length(compact([${this.refs.join(', ')}])))`,
      `Two of ${names} have the same value: make each one a secret of its own.`,
    );
  }

  private require(condition: string, message: string): void {
    this.conditions.push({ condition, errorMessage: literal(message) });
    this.resource.lifecycle = { precondition: this.conditions };
  }
}
