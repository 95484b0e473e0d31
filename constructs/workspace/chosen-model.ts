import { Construct } from 'constructs';
import type { Catalog } from '../../src/catalog';
import { shown } from '../../synth/shown';
import { expression } from '../common/expression';
import { local } from '../common/local';
import { listed, validateProps, type Rule } from '../common/validation';

/**
 * @example
 * new ChosenModel(this, 'Model', { catalog, chosen: parameters.model.ref });
 */
export interface ChosenModelProps {
  readonly catalog: Catalog;
  /** Plain reference to the value of `ai_model`. */
  readonly chosen: string;
}

const isModel = (catalog: Catalog, wanted: string): boolean =>
  catalog.models.some(({ name }) => name === wanted);

/** Also of the form's, which asks for it. */
export const DEFAULT_CHOICE: Rule<{ readonly catalog: Catalog }> = {
  prop: 'catalog.defaultChoice',
  needs: ['catalog.choices'],
  holds: ({ catalog }) => catalog.choices.some(({ value }) => value === catalog.defaultChoice),
  message: ({ catalog }) =>
    `must be the value of one of its choices, got ${shown(catalog.defaultChoice)}: use one of ${listed(
      catalog.choices.map(({ value }) => value),
    )}`,
};

const RULES: readonly Rule<ChosenModelProps>[] = [
  DEFAULT_CHOICE,
  {
    prop: 'catalog.choices',
    needs: ['catalog.models'],
    holds: ({ catalog }) => catalog.choices.every(({ model }) => isModel(catalog, model)),
    message: ({ catalog }) =>
      `must name models of the catalog, got ${catalog.choices
        .filter(({ model }) => !isModel(catalog, model))
        .map(({ value, model }) => `${shown(model)} for ${shown(value)}`)
        .join(', ')}: use the name of one of its models`,
  },
  {
    prop: 'catalog.smallModel',
    needs: ['catalog.models'],
    holds: ({ catalog }) => isModel(catalog, catalog.smallModel),
    message: ({ catalog }) =>
      `must name a model of the catalog, got ${shown(catalog.smallModel)}: use one of ${listed(
        catalog.models.map(({ name }) => name),
      )}`,
  },
];

/** The gateway's name of the model that was chosen; a value that is none counts as the default. */
export class ChosenModel extends Construct {
  /** Plain reference to the name. */
  readonly ref: string;

  constructor(scope: Construct, id: string, props: ChosenModelProps) {
    super(scope, id);
    validateProps(this, 'ChosenModelProps', props, RULES);
    const { catalog } = props;
    const models = local(
      this,
      'ai_models',
      Object.fromEntries(catalog.choices.map(({ value, model }) => [value, model])),
    );
    this.ref = local(
      this,
      'ai_model',
      expression`lookup(${models}, ${props.chosen}, ${models}["${catalog.defaultChoice}"])`,
    );
  }
}
