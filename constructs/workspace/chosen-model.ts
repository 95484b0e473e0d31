import { Construct } from 'constructs';
import type { Catalog } from '../../src/catalog';
import { expression } from '../common/expression';
import { local } from '../common/local';
import { listed, validateProps, type Rule } from '../common/validation';

export interface ChosenModelProps {
  readonly catalog: Catalog;
  /** Plain reference to the value of `ai_model`. */
  readonly chosen: string;
}

const isModel = (catalog: Catalog, wanted: string): boolean =>
  catalog.models.some(({ name }) => name === wanted);

const RULES: readonly Rule<ChosenModelProps>[] = [
  {
    holds: ({ catalog }) => catalog.choices.some(({ value }) => value === catalog.defaultChoice),
    message: ({ catalog }) =>
      `"catalog.defaultChoice" must be one of its choices, got "${catalog.defaultChoice}": use one of ${listed(
        catalog.choices.map(({ value }) => value),
      )}`,
  },
  {
    holds: ({ catalog }) => catalog.choices.every(({ model }) => isModel(catalog, model)),
    message: ({ catalog }) =>
      `"catalog.choices" must name models of the catalog, got ${catalog.choices
        .filter(({ model }) => !isModel(catalog, model))
        .map(({ value, model }) => `"${value}" → "${model}"`)
        .join(', ')}`,
  },
  {
    holds: ({ catalog }) => isModel(catalog, catalog.smallModel),
    message: ({ catalog }) =>
      `"catalog.smallModel" must name a model of the catalog, got "${catalog.smallModel}": use one of ${listed(
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
    validateProps(this, props, RULES);
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
