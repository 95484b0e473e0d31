/** What needs attention, each with what to do about it. */
import { CODER_STATES } from '../coder/standing';
import { ENDING_DAYS } from '../keys/key-search';
import { hasEnded } from '../config/retirement';
import { providerKey } from '../providers/provider';
import type { Services } from '../services';
import { NEAR, type PeopleCounts } from './budget-terms';
import { IDLE_DAYS } from './listed-columns';
import { saidAs } from './template';
import type { TeamBudget } from './team-budgets';

/** Days ahead from which the end of a model is told. */
const MODEL_NOTICE_DAYS = 60;
const DAY_MS = 86_400_000;
/** Share of calls that failed from which on it is told, and calls from which on a share says something. */
const FAILED = 0.1;
const FEWEST_CALLS = 20;

/** Something to be looked at, with where or how. */
export interface Attention {
  readonly weight: 'bad' | 'warn';
  readonly what: string;
  readonly todo: string;
  readonly href?: string;
}

export interface Counts {
  living: number;
  blocked: number;
  paused: number;
  suspended: number;
  ending: number;
  closed: number;
  people: number;
  processes: number;
  silent: number;
}

export interface Deployment {
  readonly model: string;
  readonly name: string;
  readonly state: 'in use' | 'left alone' | 'ended' | 'not configured';
  /** Seconds it is still left alone. */
  readonly seconds?: number;
  readonly retiresOn?: string;
  readonly endsSoon: boolean;
  readonly successor?: string;
}

/** As this process sees them: each finds out for itself. */
export function deploymentsOf({ documents, providers, health, now }: Services): Deployment[] {
  const today = now();
  return documents.current.document.models.flatMap((model) =>
    model.deployments.map((deployment) => {
      const key = providerKey(deployment);
      const provider = providers.get(key);
      const name = `${provider?.name ?? key}/${deployment.id}`;
      const pauseMs = (health.pausedUntil(name) ?? 0) - health.now();
      const { retires_on: day } = deployment;
      const endsIn = day === undefined ? Infinity : Date.parse(day) - today.getTime();
      const state =
        provider === undefined
          ? 'not configured'
          : hasEnded(deployment, today)
            ? 'ended'
            : pauseMs > 0
              ? 'left alone'
              : 'in use';
      return {
        model: model.name,
        name,
        state,
        endsSoon: endsIn <= MODEL_NOTICE_DAYS * DAY_MS,
        ...(state === 'left alone' ? { seconds: Math.ceil(pauseMs / 1_000) } : {}),
        ...(day === undefined ? {} : { retiresOn: day }),
        ...(model.successor === undefined ? {} : { successor: model.successor }),
      };
    }),
  );
}

export interface ProviderToday {
  readonly provider: string;
  readonly calls: number;
  readonly failedCalls: number;
}

export interface Looked {
  readonly counts: Counts;
  readonly deployments: readonly Deployment[];
  readonly providersToday: readonly ProviderToday[];
  readonly teams: readonly TeamBudget[];
  readonly people: PeopleCounts;
}

type Add = (weight: Attention['weight'], what: string, todo: string, href?: string) => void;

export function attentionFor(services: Services, looked: Looked): Attention[] {
  const found: Attention[] = [];
  const add: Add = (weight, what, todo, href) =>
    void found.push({ weight, what, todo, ...(href === undefined ? {} : { href }) });
  addProviders(services, looked, add);
  addCoder(services, add);
  addBudgets(looked, add);
  addKeys(looked, add);
  return found;
}

function addProviders(
  { providers, documents }: Services,
  { deployments, providersToday }: Looked,
  add: Add,
): void {
  if (providers.size === 0)
    add(
      'bad',
      'No provider is configured: no call is answered',
      'Set ANTHROPIC_API_KEY, or AWS_REGION and credentials for Bedrock.',
      '/ui/settings',
    );
  for (const { name: model, deployments: own } of documents.current.document.models)
    if (providers.size > 0 && !own.some((each) => providers.has(providerKey(each))))
      add(
        'warn',
        `${model} has no deployment that can be asked`,
        'Configure one of its providers, or take it out of the document.',
        '/ui/settings',
      );
  for (const each of deployments) {
    const { name, model, state, seconds, retiresOn, successor } = each;
    if (state === 'left alone')
      add(
        'warn',
        `${name} has failed and is left alone for another ${seconds} s`,
        'Others are asked meanwhile. If it stays, look at the status page of the provider, and at its key.',
      );
    if (each.endsSoon && state !== 'not configured')
      add(
        state === 'ended' ? 'bad' : 'warn',
        `${name} (${model}) ${state === 'ended' ? 'has ended' : 'ends'} on ${retiresOn}`,
        successor === undefined
          ? 'Publish a document that names a successor.'
          : `${successor} answers for it then. Tell those who use it.`,
        `/ui/models/${encodeURIComponent(model)}`,
      );
  }
  for (const { provider, calls, failedCalls } of providersToday)
    if (provider !== '' && calls >= FEWEST_CALLS && failedCalls / calls >= FAILED)
      add(
        'bad',
        `${saidAs(failedCalls / calls, 'share')} of today’s calls to ${provider} failed`,
        'Look at what the errors are; if they are the provider’s, at its status page and at the quota of its key.',
        `/ui/spend?${new URLSearchParams({ by: 'error', provider, days: '1' }).toString()}`,
      );
}

function addCoder({ coderStanding, settings }: Services, add: Add): void {
  const coder = coderStanding.current;
  if (settings.coderUrl === undefined || settings.coderToken === undefined)
    add(
      'warn',
      'Workspaces and people are not looked after in Coder',
      'Set CODER_URL and CODER_TOKEN, so that keys of stopped workspaces and suspended people stop at once.',
    );
  else if (coder !== undefined && coder.state !== 'reached')
    add('bad', CODER_STATES[coder.state].says, `${capital(CODER_STATES[coder.state].remedy)}.`);
}

function addBudgets({ teams, people }: Looked, add: Add): void {
  for (const { kind, name, share } of teams)
    if (share >= NEAR)
      add(
        share >= 1 ? 'bad' : 'warn',
        `The ${kind} ${name} has spent ${saidAs(share, 'share')} of its budget`,
        share >= 1
          ? 'Its calls are refused until the window begins anew. Publish a document that gives it more, if that is right.'
          : 'Look at what it is spent on, before its calls are refused.',
        kind === 'template' ? `/ui/teams/${encodeURIComponent(name)}` : '/ui/teams',
      );
  if (people.over > 0)
    add(
      'bad',
      `${have(people.over)} spent the budget over all keys`,
      'Their calls are refused until the window begins anew. Raise it for a time where that is right.',
      '/ui/people?state=over',
    );
  if (people.near > people.over)
    add(
      'warn',
      `${have(people.near - people.over)} spent ${NEAR * 100} % of the budget or more`,
      'Look at what it is spent on.',
      '/ui/people?state=near',
    );
}

function addKeys({ counts, people }: Looked, add: Add): void {
  if (counts.closed > 0)
    add(
      'warn',
      `${are(counts.closed, 'account')} closed by a call that cost more than was set aside`,
      'Look at the key, and unblock it when its spend is right.',
      '/ui/keys?sort_by=spend',
    );
  if (counts.suspended > 0)
    add(
      'warn',
      `${are(counts.suspended, 'key')} of people whom Coder suspends`,
      'They let nothing through. Revoke them if the people do not come back.',
      '/ui/keys?status=suspended',
    );
  if (counts.blocked > 0)
    add(
      'warn',
      `${are(counts.blocked, 'key')} blocked`,
      'Unblock or revoke them when what was wrong is clear.',
      '/ui/keys?status=blocked',
    );
  if (counts.ending > 0)
    add(
      'warn',
      `${are(counts.ending, 'key')} about to end within ${ENDING_DAYS} days`,
      'Rotate those that are still needed.',
      '/ui/keys?status=ending',
    );
  if (people.idleKeys > 0)
    add(
      'warn',
      `${are(people.idleKeys, 'key')} idle: no call in ${IDLE_DAYS} days`,
      'Revoke those that nobody needs; a workspace gets another one at its next start.',
      `/ui/keys?idle_days=${IDLE_DAYS}`,
    );
  if (counts.silent > 0)
    add(
      'warn',
      `${are(counts.silent, 'gateway process', 'gateway processes')} silent`,
      'What they had under way is booked in full shortly. Look at their logs.',
    );
}

const have = (many: number): string => (many === 1 ? '1 person has' : `${many} people have`);
const are = (many: number, one: string, more = `${one}s`): string =>
  many === 1 ? `1 ${one} is` : `${many} ${more} are`;
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
