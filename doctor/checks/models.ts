/** Whether models are there and answer, and how long they will. */
import type { Facts } from '../facts';
import { fault, note, notChecked, ok, warning, type Check, type Found } from '../finding';
import type { DeploymentState } from '../state';

const DAY_MS = 86_400_000;
/** Days before the end of a model in which another is to be chosen. */
const NOTICE_DAYS = 60;
/** Days after which prices may have changed. */
const OLD_PRICES_DAYS = 120;

const nameOf = ({ model, provider, endpoint, id }: DeploymentState): string =>
  `${model} at ${provider}${endpoint === null ? '' : ` "${endpoint}"`} (${id})`;

export const MODELS: readonly Check[] = [
  {
    name: 'models',
    needs: ['gateway'],
    find: async (facts) => {
      const { models, priced_on: day, origin } = (await facts.state()).state.document;
      const days = Math.floor((Date.now() - Date.parse(day)) / DAY_MS);
      return [
        models.length === 0
          ? fault('no model is registered', 'publish a document that has some')
          : ok(
              `${models.length} models of the ${origin} document: ${models.map(({ name }) => name).join(', ')}`,
            ),
        ...(days > OLD_PRICES_DAYS
          ? [
              note(
                `prices are those of ${day}, ${days} days ago`,
                "compare them with the provider's, and publish what has changed",
              ),
            ]
          : []),
      ];
    },
  },
  {
    name: 'deployments',
    needs: ['gateway'],
    find: async (facts) => {
      const states = await facts.deployments();
      const configured = states.filter(({ state }) => state !== 'not configured');
      if (configured.length === 0)
        return [fault('no provider is configured', 'set ANTHROPIC_API_KEY, or what another provider needs')];
      const unserved = [...new Set(states.map(({ model }) => model))].filter(
        (name) => !configured.some(({ model, state }) => model === name && state !== 'ended'),
      );
      const found = configured.flatMap(stateOf);
      return [
        ...(found.length > 0 ? found : [ok(`all ${configured.length} that are configured answer`)]),
        ...(unserved.length > 0
          ? [
              note(
                `nobody serves ${unserved.join(', ')}`,
                'configure one of its providers, or take the model out of the catalog',
              ),
            ]
          : []),
      ];
    },
  },
  {
    name: 'retiring models',
    needs: ['gateway'],
    find: async (facts) => {
      const found = (await facts.deployments())
        .filter(({ state }) => state !== 'not configured')
        .flatMap(retiring);
      return found.length > 0 ? found : [ok(`none ends within ${NOTICE_DAYS} days`)];
    },
  },
  {
    name: 'behaviour prompts',
    needs: ['gateway'],
    find: async (facts) => promptsOf(facts),
  },
];

async function promptsOf(facts: Facts): Promise<Found[]> {
  const { levels } = (await facts.state()).state;
  const missing = levels.filter(({ in_force }) => !in_force).map(({ level }) => level);
  return missing.length === 0
    ? [ok('every level has its text')]
    : [
        fault(
          `the text of ${missing.join(', ')} cannot be used: calls at that level are refused`,
          "put the file back where the gateway's prompts are",
        ),
      ];
}

function stateOf(deployment: DeploymentState): Found[] {
  const { state, says, is_paused } = deployment;
  const name = nameOf(deployment);
  if (state === 'refuses')
    return [
      fault(
        `${name} refuses: ${says ?? 'without a reason'}`,
        "look at the provider's key and the model's id",
      ),
    ];
  if (state === 'silent')
    return [
      fault(
        `${name} does not answer: ${says ?? 'without a reason'}`,
        'look at the way to the provider, and at its own page of its state',
      ),
    ];
  if (state === 'not asked') return [notChecked(`${name}: ${says ?? 'no question is free'}`)];
  return is_paused && state === 'answers'
    ? [note(`${name} answers, but has failed a moment ago: others come first`)]
    : [];
}

function retiring(deployment: DeploymentState): Found[] {
  const { retires_on: day, successor, state } = deployment;
  if (day === null) return [];
  const days = Math.ceil((Date.parse(day) - Date.now()) / DAY_MS);
  if (state !== 'ended' && days > NOTICE_DAYS) return [];
  const name = nameOf(deployment);
  const then = successor === null ? 'no other model answers for it' : `${successor} answers for it then`;
  const whatToDo = 'choose another model, or lay down a successor, and publish the document';
  if (state === 'ended')
    return [
      successor === null
        ? fault(`${name} was ended on ${day}, and ${then}`, whatToDo)
        : note(`${name} was ended on ${day}: ${successor} answers for it`),
    ];
  return [warning(`${name} ends in ${days} days, on ${day}; ${then}`, whatToDo)];
}
