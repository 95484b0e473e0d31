/** Checks a gateway document: its shape by JSON schema, and what no schema can say by the rules below. */
import Ajv, { type ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';
import { isTimeZone } from '../ledger/time-zone';
import type { GatewayDocument } from './document';
import { didYouMean } from './did-you-mean';
import schema from './document.schema.json';
import { namesOf } from './retirement';

/** All faults of a document, one line each: where, what is wrong, what is allowed. */
export class DocumentError extends Error {
  constructor(
    readonly source: string,
    readonly faults: readonly string[],
  ) {
    super(
      `The gateway document ${source} has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:`,
    );
  }
}

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
addFormats(ajv);
const hasShape = ajv.compile<GatewayDocument>(schema);

type Rule = (document: GatewayDocument) => readonly string[];

const RULES: readonly Rule[] = [
  namesAreUnique,
  endpointsFitProviders,
  thoughtsGoOneWay,
  pricesAreWholeNanoDollars,
  scopesNameModels,
  successorsFollow,
  timeZoneExists,
];

/** The document, or a DocumentError that lists everything wrong with it. */
export function checkDocument(source: string, document: unknown): GatewayDocument {
  if (!hasShape(document))
    throw new DocumentError(source, (hasShape.errors ?? []).filter(isTelling).map(describe));
  const faults = RULES.flatMap((rule) => rule(document));
  if (faults.length > 0) throw new DocumentError(source, faults);
  return document;
}

function namesAreUnique({ models }: GatewayDocument): string[] {
  const seen = new Map<string, string>();
  return models.flatMap((model, index) =>
    namesOf(model).flatMap((name) => {
      const place = `models[${index}] "${model.name}"`;
      const earlier = seen.get(name);
      seen.set(name, place);
      return earlier === undefined ? [] : [`${place}: the name "${name}" is already taken by ${earlier}`];
    }),
  );
}

/** Members of a deployment that only an OpenAI-compatible endpoint has. */
const OF_ENDPOINTS = ['endpoint', 'max_tokens_field', 'max_image_tokens', 'thoughts_field'] as const;

function endpointsFitProviders({ models }: GatewayDocument): string[] {
  return models.flatMap((model) =>
    model.deployments.flatMap((deployment) => {
      const { provider, id } = deployment;
      const place = `model "${model.name}", ${provider} ${id}`;
      if (provider === 'openai-compatible')
        return deployment.endpoint === undefined
          ? [`${place}: "endpoint" is missing, its name in OPENAI_COMPATIBLE_ENDPOINTS`]
          : [];
      return OF_ENDPOINTS.filter((name) => deployment[name] !== undefined).map(
        (name) => `${place}: "${name}" is for the provider openai-compatible only`,
      );
    }),
  );
}

/** A body is written once for all deployments of an endpoint. */
function thoughtsGoOneWay({ models }: GatewayDocument): string[] {
  return models.flatMap(({ name, deployments }) =>
    deployments.flatMap(({ endpoint, thoughts_field: field, id }) => {
      const first = deployments.find((each) => endpoint !== undefined && each.endpoint === endpoint);
      if (first === undefined || first.thoughts_field === field) return [];
      return [
        `model "${name}", openai-compatible ${id}: "thoughts_field" is ${field ?? 'missing'}, and ${first.thoughts_field ?? 'missing'} for ${first.id} at the same endpoint "${endpoint}"; it has to be the same for both`,
      ];
    }),
  );
}

function pricesAreWholeNanoDollars({ models }: GatewayDocument): string[] {
  return models.flatMap((model) =>
    model.deployments.flatMap(({ provider, id, price }) =>
      Object.entries(price)
        .filter(([, usd]) => !hasThreeDecimals(usd as number))
        .map(
          ([kind, usd]) =>
            `model "${model.name}", ${provider} ${id}: price ${kind} ${usd} has more than three decimals, so a token would not cost whole nano-dollars`,
        ),
    ),
  );
}

// 0.1 + 0.2 style noise is not a fourth decimal.
const hasThreeDecimals = (usd: number): boolean => Number(usd.toFixed(3)) === usd;

function scopesNameModels({ scopes, models }: GatewayDocument): string[] {
  const known = models.flatMap(({ name, aliases }) => [name, ...aliases]);
  return Object.entries(scopes).flatMap(([name, scope]) => {
    if (scope.models === 'all') return [];
    return scope.models
      .filter((model) => !known.includes(model))
      .map((model) => `scopes.${name}.models: ${noModel(model, known)}`);
  });
}

function successorsFollow({ models }: GatewayDocument): string[] {
  const byName = new Map(models.map((model) => [model.name, model]));
  return models.flatMap((model) => {
    if (model.successor === undefined) return [];
    if (!byName.has(model.successor))
      return [`model "${model.name}", successor: ${noModel(model.successor, [...byName.keys()])}`];
    const seen = new Set<string>();
    let next: string | undefined = model.successor;
    for (; next !== undefined && !seen.has(next); next = byName.get(next)?.successor) seen.add(next);
    return seen.has(model.name)
      ? [`model "${model.name}", successor: "${model.successor}" leads back to the model itself`]
      : [];
  });
}

function noModel(name: string, known: readonly string[]): string {
  const meant = didYouMean(name, known);
  return `no model is called "${name}"; ${meant ? `did you mean "${meant}"?` : `there are ${known.join(', ')}`}`;
}

function timeZoneExists({ time_zone }: GatewayDocument): string[] {
  return isTimeZone(time_zone)
    ? []
    : [`time_zone: "${time_zone}" is not the name of a time zone, for example UTC or Europe/Berlin`];
}

// The parent keyword only repeats what its alternatives have said.
const isTelling = (error: ErrorObject): boolean => error.keyword !== 'if';

function describe(error: ErrorObject): string {
  const place = error.instancePath === '' ? 'the document' : error.instancePath.slice(1).replaceAll('/', '.');
  const params = error.params as Record<string, unknown>;
  if (error.keyword === 'additionalProperties')
    return `${place} has an unknown field "${String(params['additionalProperty'])}"`;
  if (error.keyword === 'enum')
    return `${place} must be one of ${(params['allowedValues'] as unknown[]).join(', ')}`;
  if (error.keyword === 'const') return `${place} must be ${JSON.stringify(params['allowedValue'])}`;
  return `${place} ${error.message ?? 'is not valid'}`;
}
