import { Construct } from 'constructs';
import { literal } from '../../synth/hcl/strings';
import { shown } from '../../synth/shown';
import { DataCoderParameter } from './coder';
import { listed, validateProps, type Rule } from '../common/validation';

/** A value the form offers. Values are for ever: a stored one that is gone breaks even stop and delete. */
export interface ParameterOption {
  readonly value: string;
  readonly label: string;
  /** @default - none */
  readonly description?: string;
  /** @default - none */
  readonly icon?: string;
}

export type ParameterType = 'string' | 'number' | 'bool';

/** How the form asks. */
export type FormType = 'input' | 'textarea' | 'radio' | 'dropdown' | 'slider' | 'checkbox' | 'switch';

/** What the form checks, and Terraform again. */
export interface ParameterValidation {
  /** RE2; strings only. @default - any text */
  readonly regex?: string;
  /** Whole number. @default - no lower bound */
  readonly min?: number;
  /** Whole number. @default - no upper bound */
  readonly max?: number;
  /** What a person reads who typed something else. Required: without it the form fails. */
  readonly error: string;
}

/**
 * @example
 * new Parameter(this, 'Region', {
 *   name: 'region',
 *   displayName: 'Region',
 *   description: 'Where test data comes from.',
 *   default: 'eu',
 *   order: 20,
 *   options: [
 *     { value: 'eu', label: 'Europe' },
 *     { value: 'us', label: 'America' },
 *   ],
 * });
 */
export interface ParameterProps {
  /** The name stored with every workspace: renaming it loses what people chose. */
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  /**
   * What follows the description, as a string for an attribute: it may hold expressions of what the form knows, which is
   * other parameters, locals, variables with a value and `data.coder_workspace_owner.me.groups`.
   *
   * @default - nothing
   */
  readonly notice?: string;
  /** Always written as text, as the form wants it: "2", "true". */
  readonly default: string;
  /** Place in the form, ascending. */
  readonly order: number;
  /** @default 'string' */
  readonly type?: ParameterType;
  /** @default - what Coder shows for the type: radio with options, input without */
  readonly formType?: FormType;
  /** @default - any value */
  readonly options?: readonly ParameterOption[];
  /** @default - none */
  readonly validation?: ParameterValidation;
  /** Can it be changed after the workspace was made? @default true */
  readonly mutable?: boolean;
  /** @default - none */
  readonly icon?: string;
  /** Hide what is typed. Looks only: the value is stored in clear by Coder. @default false */
  readonly masked?: boolean;
  /** Grey text in an empty field. @default - none */
  readonly placeholder?: string;
}

const RULES: readonly Rule<ParameterProps>[] = [
  {
    holds: ({ name }) => /^[a-z][a-z0-9_]*$/.test(name),
    message: ({ name }) =>
      `"name" must be lower case letters, digits and underscores, got ${shown(name)}: it is also the name in Terraform`,
  },
  {
    holds: ({ options, default: value }) =>
      options === undefined || options.some((option) => option.value === value),
    message: ({ options, default: value }) =>
      `"default" must be one of the options, got ${shown(value)}: use one of ${listed((options ?? []).map((option) => option.value))}`,
  },
  {
    holds: ({ options }) => options === undefined || options.length > 0,
    message: () => `"options" must not be empty: leave it out to accept any value`,
  },
];

/** A question in the workspace form (`data "coder_parameter"`). */
export class Parameter extends Construct {
  readonly resource: DataCoderParameter;
  readonly name: string;
  /** Plain reference to the chosen value, for expressions; text, whatever the type. */
  readonly ref: string;
  private readonly options: readonly ParameterOption[] | undefined;
  private readonly validation: ParameterValidation | undefined;

  constructor(
    scope: Construct,
    id: string,
    readonly props: ParameterProps,
  ) {
    super(scope, id);
    validateProps(this, 'ParameterProps', props, RULES);
    const styling = {
      ...(props.masked ? { mask_input: true } : {}),
      ...(props.placeholder === undefined ? {} : { placeholder: props.placeholder }),
    };
    this.resource = new DataCoderParameter(this, 'Resource', {
      name: props.name,
      displayName: literal(props.displayName),
      description: [literal(props.description), props.notice ?? ''].filter((text) => text !== '').join(' '),
      type: props.type ?? 'string',
      formType: props.formType,
      default: literal(props.default),
      mutable: props.mutable ?? true,
      icon: props.icon,
      order: props.order,
      styling: Object.keys(styling).length === 0 ? undefined : literal(JSON.stringify(styling)),
      option: props.options?.map((option) => ({
        name: literal(option.label),
        value: literal(option.value),
        description: option.description === undefined ? undefined : literal(option.description),
        icon: option.icon,
      })),
      validation: props.validation && {
        ...props.validation,
        regex: props.validation.regex === undefined ? undefined : literal(props.validation.regex),
        error: literal(props.validation.error),
      },
    });
    this.resource.overrideLogicalId(props.name);
    this.ref = `data.coder_parameter.${props.name}.value`;
    this.name = props.name;
    this.options = props.options;
    this.validation = props.validation;
  }

  /** Whether the form takes a value: one of the options, and within the range. */
  accepts(value: string): boolean {
    const { min = -Infinity, max = Infinity } = this.validation ?? {};
    const isWithin =
      (min === -Infinity && max === Infinity) || (Number(value) >= min && Number(value) <= max);
    return isWithin && (this.options === undefined || this.options.some((option) => option.value === value));
  }

  /** What the form calls a value: the label of its option, or the value itself. */
  labelOf(value: string): string {
    return this.options?.find((option) => option.value === value)?.label ?? value;
  }
}
