import { checkDocument, DocumentError } from '../../gateway/config/document-check';
import type { GatewayDocument } from '../../gateway/config/document';
import { catalog } from '../../src/catalog';
import { renderGatewayDocument } from '../../src/gateway-document';
import { policy } from '../../src/policy';

type Draft = any; // eslint-disable-line @typescript-eslint/no-explicit-any

function faultsOf(change: (draft: Draft) => void): readonly string[] {
  const draft = structuredClone(renderGatewayDocument(catalog, policy)) as Draft;
  change(draft);
  try {
    checkDocument('test', draft as GatewayDocument);
    return [];
  } catch (fault) {
    if (fault instanceof DocumentError) return fault.faults;
    throw fault;
  }
}

describe('the gateway document', () => {
  test('as rendered from catalog and policy has no fault', () => {
    expect(faultsOf(() => {})).toEqual([]);
  });

  test.each<[string, (draft: Draft) => void, RegExp]>([
    ['an unknown field', (d) => (d.budget = 5), /unknown field "budget"/],
    [
      'an unknown field deep inside',
      (d) => (d.scopes.workspace.budget = 5),
      /scopes\.workspace has an unknown field "budget"/,
    ],
    ['a missing field', (d) => delete d.floors, /must have required property 'floors'/],
    ['another version', (d) => (d.version = 2), /version must be 1/],
    ['no models', (d) => (d.models = []), /models must NOT have fewer than 1/],
    [
      'a level that is none',
      (d) => (d.floors.people = { ann: 'strict' }),
      /floors\.people\.ann must be one of unrestricted, standard, design-first/,
    ],
    [
      'a provider nobody knows',
      (d) => (d.models[0].deployments[0].provider = 'x'),
      /provider must be one of anthropic, bedrock/,
    ],
    ['a negative budget', (d) => (d.scopes.ci.max_budget = -1), /max_budget must be >= 0/],
    [
      'a name used twice',
      (d) => (d.models[1].name = 'claude-sonnet-4-5'),
      /"claude-sonnet-4-5" is already taken/,
    ],
    [
      'an alias that is a name',
      (d) => (d.models[1].aliases = ['claude-sonnet-4-5']),
      /already taken by models\[0\]/,
    ],
    [
      'a price finer than a nano-dollar',
      (d) => (d.models[0].deployments[0].price.input = 0.0005),
      /price input 0.0005 has more than three decimals/,
    ],
    [
      'a scope with an unknown model',
      (d) => (d.scopes.ci.models = ['claude-haiku-4.5']),
      /scopes\.ci\.models.*did you mean "claude-haiku-4-5"/,
    ],
    ['a scope nobody knows', (d) => (d.scopes.robots = d.scopes.ci), /scopes has an unknown field "robots"/],
    [
      'a window nobody knows',
      (d) => (d.scopes.ci.budget_duration = '2d'),
      /budget_duration must be one of 1d, 7d, 30d, none/,
    ],
  ])('with %s is refused', (_, change, message) => {
    expect(faultsOf(change).join('\n')).toMatch(message);
  });

  test('lists all faults at once', () => {
    expect(faultsOf((d) => ((d.version = 2), (d.extra = 1), delete d.scopes))).toHaveLength(3);
  });
});
