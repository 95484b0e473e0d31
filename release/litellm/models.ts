/** `model_list`, aliases and fallbacks as models of a catalog. */
import type { Catalog, Deployment, Model, ModelChoice } from '../../src/catalog';
import { isEntry, wordIn, type Entry, type LitellmConfig } from './config-file';
import { Endpoints } from './endpoints';
import { knownAs, limitsOf, priceOf, type Limits } from './facts';
import { placeOf } from './place';
import { isReference, sourceOf, type Report } from './report';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/;
const ID = /^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,255}$/;
/** What a deployment of LiteLLM's may be but an answer in a conversation. */
const MODES = ['chat', 'completion', 'responses'];

/** Members of litellm_params that are read, or have no like here because nothing has to be said. */
const READ = new Set(
  (
    'model custom_llm_provider api_base base_url api_key aws_region_name aws_access_key_id aws_secret_access_key ' +
    'aws_session_token order input_cost_per_token output_cost_per_token cache_creation_input_token_cost ' +
    'cache_read_input_token_cost max_input_tokens max_output_tokens supports_vision use_in_pass_through'
  ).split(' '),
);
const SHOWN_MEMBERS = 12;

interface Candidate {
  readonly about: string;
  readonly name: string;
  readonly order: number;
  readonly deployment: Deployment;
  readonly limits: Limits;
  /** Name of the model in the catalog as shipped that it is; undefined: none is. */
  readonly shipped: string | undefined;
}

export interface Carried {
  readonly catalog: Catalog;
  readonly endpoints: Endpoints;
}

/** @param shipped the catalog whose limits and prices are known */
export function modelsOf(config: LitellmConfig, shipped: Catalog, report: Report): Carried {
  const endpoints = new Endpoints();
  const candidates = config.models.flatMap((entry, at) =>
    candidateOf(entry, at, { shipped, endpoints, report }),
  );
  const groups = new Map<string, Candidate[]>();
  for (const each of candidates) groups.set(each.name, [...(groups.get(each.name) ?? []), each]);
  addFallbacks(groups, config, report);
  const aliases = aliasesOf(groups, config, report);
  const models = [...groups].map(([name, members]) =>
    modelOf(name, members, aliases.get(name) ?? [], report),
  );
  endpoints.tell(report);
  return { catalog: catalogOf(models, shipped.pricedOn), endpoints };
}

interface Means {
  readonly shipped: Catalog;
  readonly endpoints: Endpoints;
  readonly report: Report;
}

function candidateOf(entry: Entry, at: number, { shipped, endpoints, report }: Means): Candidate[] {
  const params = entry['litellm_params'] as Entry;
  const name = wordIn(entry, 'model_name') ?? '';
  const about = `model_list[${at}] ${JSON.stringify(name.slice(0, 64))}`;
  const leaveOut = (says: string): Candidate[] => {
    report.leaveOut(about, says);
    return [];
  };
  const info = isEntry(entry['model_info']) ? entry['model_info'] : {};
  const mode = wordIn(info, 'mode');
  if (mode !== undefined && !MODES.includes(mode))
    return leaveOut(
      `It is of the mode ${JSON.stringify(mode.slice(0, 32))}. Only models that answer in a conversation are offered here.`,
    );
  const place = placeOf(params);
  if (typeof place === 'string') return leaveOut(place);
  if (!NAME.test(name))
    return leaveOut(
      'Its model_name must begin with a letter or digit, and have at most 128 letters, digits and . _ : / -',
    );
  const known = knownAs(shipped, place);
  const id = known?.deployment.id ?? place.id;
  if (!ID.test(id)) return leaveOut('The id of the model has characters that no provider uses.');
  const limits = limitsOf(entry, known);
  if (typeof limits === 'string') return leaveOut(limits);
  const priced = priceOf(entry, known);
  if (typeof priced === 'string') return leaveOut(priced);
  let endpoint: string | undefined;
  if (place.base !== undefined) {
    const found = endpoints.nameFor(place.base, params['api_key']);
    if (found === undefined)
      return leaveOut(
        'Its api_base must begin with http:// or https://, and hold neither a password nor a query.',
      );
    endpoint = found.name;
  }
  for (const says of [known?.says, ...priced.says]) if (says !== undefined) report.look(about, says);
  tellCredentials(place.provider, params, report);
  const ignored = Object.keys(params).filter((member) => !READ.has(member));
  if (ignored.length > 0)
    report.look(
      about,
      `not taken over: ${ignored
        .slice(0, SHOWN_MEMBERS)
        .map((member) => member.slice(0, 64))
        .join(
          ', ',
        )}${ignored.length > SHOWN_MEMBERS ? ' and more' : ''}. A deployment here has an id and a price; limits are those of keys and people.`,
    );
  const { order } = params;
  return [
    {
      about,
      name,
      order: typeof order === 'number' ? order : 1,
      limits,
      shipped: known?.model.name,
      deployment: {
        provider: place.provider,
        id,
        price: priced.price,
        ...(known?.deployment.retiresOn === undefined ? {} : { retiresOn: known.deployment.retiresOn }),
        ...(endpoint === undefined ? {} : { endpoint }),
        ...(place.base?.startsWith('https://api.openai.com/') === true
          ? { maxTokensField: 'max_completion_tokens' as const }
          : {}),
      },
    },
  ];
}

/** Members that hold a credential, and the gateway's variable for each. */
const CREDENTIALS: Readonly<Record<string, readonly [member: string, variable: string][]>> = {
  anthropic: [
    ['api_key', 'ANTHROPIC_API_KEY'],
    ['api_base', 'ANTHROPIC_BASE_URL'],
  ],
  bedrock: [
    ['aws_region_name', 'AWS_REGION'],
    ['aws_access_key_id', 'AWS_ACCESS_KEY_ID'],
    ['aws_secret_access_key', 'AWS_SECRET_ACCESS_KEY'],
    ['aws_session_token', 'AWS_SESSION_TOKEN'],
    ['api_key', 'AWS_BEARER_TOKEN_BEDROCK'],
  ],
};

function tellCredentials(provider: Deployment['provider'], params: Entry, report: Report): void {
  for (const [member, variable] of CREDENTIALS[provider] ?? [])
    if (params[member] != null) {
      // A region is no secret, and tells two of them apart.
      const { [member]: value } = params;
      const isShown = member === 'aws_region_name' && typeof value === 'string' && !isReference(value);
      report.set(variable, isShown ? value.slice(0, 32) : sourceOf(value));
    }
  if (provider === 'anthropic' && params['api_key'] == null)
    report.set('ANTHROPIC_API_KEY', 'the value of ANTHROPIC_API_KEY there');
}

function modelOf(
  name: string,
  members: readonly Candidate[],
  aliases: readonly string[],
  report: Report,
): Model {
  const inOrder = [...members].sort((a, b) => a.order - b.order);
  const [first] = inOrder as [Candidate, ...Candidate[]];
  const seen = new Set<string>();
  const deployments: Deployment[] = [];
  for (const { about, deployment } of inOrder) {
    const { provider, id, endpoint = '' } = deployment;
    const key = `${provider} ${endpoint} ${id}`;
    if (seen.has(key))
      report.leaveOut(
        about,
        'The same deployment stands above it already: here one key and one region of a provider are asked.',
      );
    else deployments.push(deployment);
    seen.add(key);
  }
  const least = (of: (limits: Limits) => number): number =>
    Math.min(...inOrder.map(({ limits }) => of(limits)));
  const ends = deployments.map(({ retiresOn }) => retiresOn);
  if (ends.every((day) => day !== undefined))
    report.look(`model "${name}"`, `its provider ends it on ${[...ends].sort().at(-1)}: name a successor.`);
  if (deployments.length > 1)
    report.look(
      `model "${name}"`,
      'its deployments are asked in this order, the next when one fails; calls are not spread over them.',
    );
  return {
    name,
    displayName: name,
    ...first.limits,
    contextWindow: least((limits) => limits.contextWindow),
    maxOutputTokens: least((limits) => limits.maxOutputTokens),
    supportsImages: inOrder.every(({ limits }) => limits.supportsImages),
    aliases,
    deployments,
  };
}

function aliasesOf(
  groups: ReadonlyMap<string, unknown>,
  config: LitellmConfig,
  report: Report,
): ReadonlyMap<string, string[]> {
  const found = new Map<string, string[]>();
  const taken = new Set(groups.keys());
  const { model_group_alias: given } = config.section('router_settings');
  if (!isEntry(given)) return found;
  for (const [alias, target] of Object.entries(given)) {
    const about = `router_settings.model_group_alias ${JSON.stringify(alias.slice(0, 64))}`;
    const model = isEntry(target) ? wordIn(target, 'model') : typeof target === 'string' ? target : undefined;
    if (model === undefined || !groups.has(model))
      report.leaveOut(about, 'The model it stands for is not in the result.');
    else if (!NAME.test(alias)) report.leaveOut(about, 'It is no name that a model can have here.');
    else if (taken.has(alias)) report.leaveOut(about, 'A model has that name.');
    else {
      taken.add(alias);
      found.set(model, [...(found.get(model) ?? []), alias]);
      if (isEntry(target) && target['hidden'] === true)
        report.look(about, 'here /v1/models lists it: names are not hidden.');
    }
  }
  return found;
}

/** LiteLLM asks another model; here a deployment of the same one is asked. What is the same elsewhere becomes one. */
function addFallbacks(groups: Map<string, Candidate[]>, config: LitellmConfig, report: Report): void {
  const before = new Map(groups);
  for (const section of ['router_settings', 'litellm_settings'])
    for (const [name, fallbacks] of fallbacksIn(config.section(section)['fallbacks']))
      for (const fallback of fallbacks) {
        const about = `${section}.fallbacks "${name.slice(0, 64)}" to "${fallback.slice(0, 64)}"`;
        const own = groups.get(name);
        const others = before.get(fallback);
        if (own === undefined || others === undefined)
          report.leaveOut(about, 'One of the two is not in the result.');
        else if (own[0]?.shipped === undefined || others.some(({ shipped }) => shipped !== own[0]?.shipped))
          report.leaveOut(
            about,
            'They are two models. Here nobody gets an answer of another model than they asked for; a successor answers once a provider has ended one.',
          );
        else {
          const last = Math.max(...own.map(({ order }) => order));
          groups.set(name, [...own, ...others.map((each) => ({ ...each, order: last + 1 }))]);
        }
      }
}

function fallbacksIn(given: unknown): [string, string[]][] {
  if (!Array.isArray(given)) return [];
  return given
    .slice(0, 1_000)
    .filter(isEntry)
    .flatMap((each) => Object.entries(each))
    .map(([name, list]) => [
      name,
      Array.isArray(list) ? list.slice(0, 100).filter((each) => typeof each === 'string') : [],
    ]);
}

function catalogOf(models: readonly Model[], pricedOn: string): Catalog {
  const price = ({ deployments: [first] }: Model): number => first?.price.input ?? 0;
  const byPrice = [...models].sort((a, b) => price(a) - price(b));
  const choices: ModelChoice[] = models.map(({ name, displayName }) => ({
    value: name,
    model: name,
    label: displayName,
    description: '',
  }));
  return {
    pricedOn,
    models,
    choices,
    defaultChoice: choices[0]?.value ?? '',
    smallModel: byPrice[0]?.name ?? '',
  };
}
