import type { Json } from '../../../synth/hcl/expressions';
import { isText, listOf, membersOf, textsOf, type Members } from './members';

/** One place that answers for a model. */
export interface DeploymentView {
  /** `anthropic/claude-…`, with the endpoint where there are several. */
  readonly key: string;
  readonly members: Members;
  readonly price: Members;
}

/** A model of the document, with what is no part of one left as it is. */
export interface ModelView {
  readonly name: string;
  readonly members: Members;
  readonly aliases: readonly string[];
  readonly retiredNames: readonly string[];
  readonly successor: string | undefined;
  readonly deployments: readonly DeploymentView[];
}

export type Models = ReadonlyMap<string, ModelView>;

/** The models by name. Entries without a name are none. */
export function modelsOf(value: Json | undefined): Models {
  const models = new Map<string, ModelView>();
  for (const entry of listOf(value)) {
    const members = membersOf(entry);
    const [name, successor] = [members.get('name'), members.get('successor')];
    if (!isText(name)) continue;
    models.set(name, {
      name,
      members,
      aliases: textsOf(members.get('aliases')),
      retiredNames: textsOf(members.get('retired_names')).filter((each) => each !== name),
      successor: isText(successor) ? successor : undefined,
      deployments: deploymentsOf(members.get('deployments')),
    });
  }
  return models;
}

function deploymentsOf(value: Json | undefined): DeploymentView[] {
  const seen = new Map<string, number>();
  return listOf(value).map((entry) => {
    const members = membersOf(entry);
    const [provider, id, endpoint] = ['provider', 'id', 'endpoint'].map((field) => {
      const text = members.get(field);
      return isText(text) ? text : '';
    });
    const key = `${provider}/${id}${endpoint === '' ? '' : ` at ${endpoint}`}`;
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    return { key: times === 1 ? key : `${key} (${times})`, members, price: membersOf(members.get('price')) };
  });
}

/** Who answers to a name, and what the name is to that model. */
export interface NameView {
  readonly model: ModelView;
  readonly kind: 'name' | 'alias' | 'retired name';
}

/** By every name that clients may call a model by. */
export function namesByModel(models: Models): ReadonlyMap<string, NameView> {
  const names = new Map<string, NameView>();
  const add = (name: string, view: NameView): void => void (names.has(name) || names.set(name, view));
  for (const model of models.values()) add(model.name, { model, kind: 'name' });
  for (const model of models.values()) {
    for (const name of model.aliases) add(name, { model, kind: 'alias' });
    for (const name of model.retiredNames) add(name, { model, kind: 'retired name' });
  }
  return names;
}

export const calledBy = ({ name, aliases }: ModelView): string[] => [name, ...aliases];

/** What the first of its deployments costs: the one that answers as long as it can. */
export const firstPrice = ({ deployments }: ModelView): Members => deployments[0]?.price ?? new Map();
