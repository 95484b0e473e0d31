/**
 * What has to be known of a model before it can be called: its limits and its price. From the catalog as shipped, and from
 * what the file says of it. Nothing is guessed.
 */
import type { Catalog, Deployment, Model, Price } from '../../src/catalog';
import { isEntry, type Entry } from './config-file';
import type { Place } from './place';

/** A model without its names and deployments. */
export type Limits = Omit<
  Model,
  'name' | 'displayName' | 'aliases' | 'retiredNames' | 'successor' | 'deployments'
>;

export interface Known {
  readonly model: Model;
  readonly deployment: Deployment;
  /** What was taken for granted, for the report. */
  readonly says?: string;
}

/** Ids of AWS's geographies but the one that the catalog names; they cost what that one costs. */
const GEOGRAPHY = /^(?:eu|apac|jp|au)\.(.+)$/;
/** An id of Bedrock's around Anthropic's: `us.anthropic.ID-v1:0`. */
const AROUND = /^(?:[a-z-]+\.)?anthropic\.([^:]+?)(?:-v\d+:\d+)?$/;

/** The deployment of the catalog as shipped that this one is. */
export function knownAs(catalog: Catalog, { provider, id }: Place): Known | undefined {
  const find = (wanted: string): Known | undefined => {
    for (const model of catalog.models) {
      const deployment = model.deployments.find((each) => each.provider === provider && each.id === wanted);
      if (deployment !== undefined) return { model, deployment };
    }
    return undefined;
  };
  const exact = find(id);
  if (exact !== undefined) return exact;
  const [, within] = (provider === 'bedrock' ? GEOGRAPHY.exec(id) : null) ?? [];
  const same = within === undefined ? undefined : find(`us.${within}`);
  if (same !== undefined)
    return {
      ...same,
      deployment: { ...same.deployment, id },
      says: `its price is that of us.${within}: compare it with AWS's list.`,
    };
  return ended(catalog, provider, id);
}

/** A model that its provider has ended: the one that answers for it in the catalog as shipped. */
function ended(catalog: Catalog, provider: Deployment['provider'], id: string): Known | undefined {
  if (provider === 'openai-compatible') return undefined;
  const name = provider === 'bedrock' ? AROUND.exec(id)?.[1] : id;
  const model = catalog.models.find(({ retiredNames = [] }) => retiredNames.some((each) => each === name));
  const deployment = model?.deployments.find((each) => each.provider === provider);
  if (model === undefined || deployment === undefined) return undefined;
  return { model, deployment, says: `its provider has ended it: ${deployment.id} is asked in its place.` };
}

const PER_MILLION = 1_000_000;
const PRICES = {
  input: 'input_cost_per_token',
  output: 'output_cost_per_token',
  cacheWrite: 'cache_creation_input_token_cost',
  cacheRead: 'cache_read_input_token_cost',
} as const;

export interface Priced {
  readonly price: Price;
  readonly says: readonly string[];
}

/** @returns why not, where the file and the catalog do not tell */
export function priceOf(entry: Entry, known: Known | undefined): Priced | string {
  const says: string[] = [];
  const given = (name: keyof typeof PRICES): number | undefined => {
    const value = memberOf(entry, PRICES[name]);
    const usd = typeof value === 'string' && value.length <= 32 ? Number(value) : value;
    if (typeof usd !== 'number' || !Number.isFinite(usd) || usd < 0) return undefined;
    const exact = usd * PER_MILLION;
    const near = Math.round(exact * 1000) / 1000;
    if (Math.abs(exact - near) < 1e-7) return near;
    says.push(`${PRICES[name]} has more than three decimals for a million tokens: rounded up.`);
    return Math.ceil(exact * 1000) / 1000;
  };
  const shipped = known?.deployment.price;
  const own = {
    input: given('input'),
    output: given('output'),
    cacheWrite: given('cacheWrite'),
    cacheRead: given('cacheRead'),
  };
  const input = own.input ?? shipped?.input;
  const output = own.output ?? shipped?.output;
  if (input === undefined || output === undefined)
    return `Its price is not in the file. LiteLLM has a list of its own for that; here a model without a price is not called. Add input_cost_per_token and output_cost_per_token to its model_info.`;
  const cacheWrite = own.cacheWrite ?? shipped?.cacheWrite ?? input;
  const cacheRead = own.cacheRead ?? shipped?.cacheRead ?? input;
  if (shipped === undefined && own.cacheRead === undefined)
    says.push('what is read from a cache is booked at the full price of input, until cacheRead says less.');
  const price = {
    input,
    output,
    cacheWrite,
    ...(shipped?.cacheWriteHour === undefined ? {} : { cacheWriteHour: shipped.cacheWriteHour }),
    cacheRead,
  };
  if (shipped !== undefined && JSON.stringify(price) !== JSON.stringify(shipped))
    says.push('its price is that of the file, not the one of the catalog as shipped.');
  return { price, says };
}

/** @returns why not, where the file and the catalog do not tell */
export function limitsOf(entry: Entry, known: Known | undefined): Limits | string {
  if (known !== undefined) return limitsIn(known.model);
  const count = (...names: string[]): number | undefined => {
    for (const name of names) {
      const value = memberOf(entry, name);
      if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 20_000_000)
        return value;
    }
    return undefined;
  };
  const contextWindow = count('max_input_tokens');
  const maxOutputTokens = count('max_output_tokens');
  if (contextWindow === undefined || maxOutputTokens === undefined)
    return 'How much it takes and writes is not in the file. Add max_input_tokens and max_output_tokens to its model_info: a reservation is made from them.';
  return {
    contextWindow,
    maxOutputTokens: Math.min(maxOutputTokens, contextWindow),
    // OpenAI's; others cache from less or not at all, which costs nothing more.
    minCacheTokens: 1024,
    supportsImages: memberOf(entry, 'supports_vision') === true,
    ...(memberOf(entry, 'supports_reasoning') === true ? { reasoning: 'effort' as const } : {}),
    ...(memberOf(entry, 'supports_response_schema') === true ? { structuredOutputs: true } : {}),
  };
}

/** What of a model is no name and no deployment. */
const OTHERS = ['name', 'displayName', 'aliases', 'retiredNames', 'successor', 'deployments'];
const limitsIn = (model: Model): Limits =>
  Object.fromEntries(Object.entries(model).filter(([name]) => !OTHERS.includes(name))) as unknown as Limits;

/** LiteLLM takes it in either place. */
const memberOf = (entry: Entry, name: string): unknown =>
  [entry['model_info'], entry['litellm_params']]
    .map((part) => (isEntry(part) ? part[name] : undefined))
    .find((value) => value != null);
