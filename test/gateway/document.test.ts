import { checkDocument, DocumentError } from '../../gateway/config/document-check';
import { catalog } from '../../src/catalog';
import { renderGatewayDocument } from '../../src/gateway-document';
import { policy } from '../../src/policy';

/** Paths with the values put there; undefined takes the field out. */
type Changes = Readonly<Record<string, unknown>>;

function faultsOf(changes: Changes): readonly string[] {
  const document: unknown = structuredClone(renderGatewayDocument(catalog, policy));
  for (const [path, value] of Object.entries(changes)) put(document, path.split('/'), value);
  try {
    checkDocument('test', document);
    return [];
  } catch (fault) {
    if (fault instanceof DocumentError) return fault.faults;
    throw fault;
  }
}

function put(place: unknown, [field = '', ...rest]: readonly string[], value: unknown): void {
  const fields = place as Record<string, unknown>;
  if (rest.length > 0) put(fields[field], rest, value);
  else if (value === undefined) delete fields[field];
  else fields[field] = value;
}

describe('the gateway document', () => {
  test('as rendered from catalog and policy has no fault', () => {
    expect(faultsOf({})).toEqual([]);
  });

  test.each<[string, Changes, RegExp]>([
    ['an unknown field', { budget: 5 }, /unknown field "budget"/],
    ['one deep inside', { 'scopes/workspace/budget': 5 }, /scopes\.workspace has an unknown field "budget"/],
    ['a missing field', { floors: undefined }, /must have required property 'floors'/],
    ['another version', { version: 2 }, /version must be 1/],
    ['no models', { models: [] }, /models must NOT have fewer than 1/],
    ['a context no sum can hold', { 'models/0/context_window': 1e15 }, /context_window must be <= 20000000/],
    [
      'a level that is none',
      { 'floors/people': { ann: 'x' } },
      /floors\.people\.ann must be one of unrestricted,/,
    ],
    [
      'a successor that is none',
      { 'models/0/successor': 'claude-sonet-5-5' },
      /model "claude-sonnet-4-5", successor: no model is called "claude-sonet-5-5"; did you mean "claude-sonnet-5-5"/,
    ],
    [
      'a model that succeeds itself',
      { 'models/0/successor': 'claude-sonnet-4-5' },
      /successor: "claude-sonnet-4-5" leads back to the model itself/,
    ],
    [
      'successors in a circle',
      { 'models/3/successor': 'claude-opus-5-5', 'models/4/successor': 'claude-sonnet-4-5' },
      /model "claude-opus-5-5", successor: "claude-sonnet-4-5" leads back to the model itself/,
    ],
    ['an unknown provider', { 'models/0/deployments/0/provider': 'x' }, /must be one of anthropic, bedrock/],
    [
      'an endpoint that is not named',
      { 'models/0/deployments/0/provider': 'openai-compatible' },
      /"endpoint" is missing, its name in OPENAI_COMPATIBLE_ENDPOINTS/,
    ],
    [
      'an endpoint of another provider',
      { 'models/0/deployments/0/endpoint': 'local', 'models/0/deployments/0/max_image_tokens': 5 },
      /"endpoint" is for the provider openai-compatible only\n.*"max_image_tokens" is for/,
    ],
    [
      'thoughts that go back to one endpoint in two ways',
      {
        'models/0/deployments/0/provider': 'openai-compatible',
        'models/0/deployments/0/endpoint': 'local',
        'models/0/deployments/1/provider': 'openai-compatible',
        'models/0/deployments/1/endpoint': 'local',
        'models/0/deployments/1/thoughts_field': 'reasoning',
      },
      /"thoughts_field" is reasoning, and missing for .* at the same endpoint "local"/,
    ],
    [
      'a way to think that is none',
      { 'models/0/reasoning': 'hard' },
      /reasoning must be one of none, budget/,
    ],
    ['a model id with a line break', { 'models/0/deployments/0/id': 'a\nb: c' }, /id must match pattern/],
    ['one that ends in one', { 'models/0/deployments/0/id': 'a\n' }, /id must match pattern/],
    ['one of other letters', { 'models/0/deployments/0/id': 'modèle 中' }, /id must match pattern/],
    ['an empty one', { 'models/0/deployments/0/id': '' }, /id must match pattern/],
    ['a negative budget', { 'scopes/ci/max_budget': -1 }, /max_budget must be >= 0/],
    ['a name used twice', { 'models/1/name': 'claude-sonnet-4-5' }, /"claude-sonnet-4-5" is already taken/],
    ['an alias that is a name', { 'models/1/aliases': ['claude-opus-4'] }, /already taken by models\[1\]/],
    [
      'too fine a price',
      { 'models/0/deployments/0/price/input': 0.0005 },
      /input 0.0005 has more than three dec/,
    ],
    ['a scope of no model', { 'scopes/ci/models': ['claude-haiku-4.5'] }, /did you mean "claude-haiku-4-5"/],
    ['an unknown scope', { 'scopes/robots': {} }, /scopes has an unknown field "robots"/],
    ['no owner budget', { owner: undefined }, /must have required property 'owner'/],
    ['a team of another field', { 'teams/groups': { a: { budget: 1 } } }, /groups\.a has an unknown field/],
    ['a time zone that is none', { time_zone: 'Mars/Olympus' }, /"Mars\/Olympus" is not the name of a time/],
    ['no time zone', { time_zone: '' }, /time_zone: "" is not the name/],
    ['rows kept for no day', { retention_days: 0 }, /retention_days must be >= 1/],
    [
      'an unknown window',
      { 'scopes/ci/budget_duration': '2d' },
      /budget_duration must be one of 1d, 7d, 30d, none/,
    ],
  ])('with %s is refused', (_, changes, message) => {
    expect(faultsOf(changes).join('\n')).toMatch(message);
  });

  test.each([
    'claude-sonnet-4-5-20250929',
    'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/a1b2c3',
    'claude-sonnet-4@20250514',
  ])('takes the model id %s', (id) => {
    expect(faultsOf({ 'models/0/deployments/0/id': id })).toEqual([]);
  });

  test('lists all faults at once', () => {
    expect(faultsOf({ version: 2, extra: 1, scopes: undefined })).toHaveLength(3);
  });
});
