/** Overview: whether it works, and what needs attention, each with what to do. Sums of spend have pages of their own. */
import { CODER_STATES } from '../../coder/standing';
import { ENDING_DAYS } from '../../keys/key-search';
import { goneOf } from '../../http/gone';
import { providerKey } from '../../providers/provider';
import type { Services } from '../../services';
import { readFigures } from '../live/live-figures';
import type { Page } from '../page';

/** Days ahead from which the end of a model is told. */
const MODEL_NOTICE_DAYS = 60;
const DAY_MS = 86_400_000;

/** Something to be looked at, with where or how. */
export interface Attention {
  readonly weight: 'bad' | 'warn';
  readonly what: string;
  readonly todo: string;
  readonly href?: string;
}

interface Counts {
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

export const overview: Page = {
  path: '/ui',
  nav: 'Overview',
  title: 'Overview',
  template: 'overview',
  async load({ services, session, exchange }) {
    const counts = await count(services);
    const deployments = deploymentsOf(services);
    return {
      counts,
      deployments,
      attention: attentionFor(services, counts, deployments),
      coder: coderOf(services),
      live: await services.reports.readPage(session.name, goneOf(exchange), (reader) =>
        readFigures(services, reader),
      ),
      asOf: services.now(),
    };
  },
};

async function count({ database, now, limits }: Services): Promise<Counts> {
  const at = now();
  const [row] = await database.run<Record<keyof Counts, string>>(
    'ui-overview-counts',
    `select count(*) filter (where k.rotated_to is null) as living,
       count(*) filter (where k.rotated_to is null and k.blocked_at is not null) as blocked,
       count(*) filter (where k.rotated_to is null and k.paused_at is not null) as paused,
       count(*) filter (where k.rotated_to is null and o.suspended_at is not null) as suspended,
       count(*) filter (where k.rotated_to is null and k.expires_at > $1 and k.expires_at < $2) as ending,
       count(distinct k.owner_id) as people,
       (select count(*) from accounts where closed_at is not null) as closed,
       (select count(*) from gateway_processes where dead_at is null and heartbeat_at >= $3) as processes,
       (select count(*) from gateway_processes where dead_at is null and heartbeat_at < $3) as silent
     from keys k left join owners o on o.id = k.owner_id
     where k.revoked_at is null and (k.expires_at is null or k.expires_at > $1)`,
    [at, new Date(at.getTime() + ENDING_DAYS * DAY_MS), new Date(Date.now() - limits.deadAfterMs)],
  );
  return Object.fromEntries(
    Object.entries(row ?? {}).map(([name, text]) => [name, Number(text)]),
  ) as unknown as Counts;
}

interface Deployment {
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
function deploymentsOf({ documents, providers, health, now }: Services): Deployment[] {
  const today = now().getTime();
  return documents.current.document.models.flatMap((model) =>
    model.deployments.map((deployment) => {
      const key = providerKey(deployment);
      const provider = providers.get(key);
      const name = `${provider?.name ?? key}/${deployment.id}`;
      const pauseMs = (health.pausedUntil(name) ?? 0) - health.now();
      const { retires_on: day } = deployment;
      const endsIn = day === undefined ? Infinity : Date.parse(day) - today;
      const state =
        provider === undefined
          ? 'not configured'
          : endsIn <= 0
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

function coderOf({ coderStanding, settings }: Services) {
  if (settings.coderUrl === undefined || settings.coderToken === undefined) return { isLookedAt: false };
  const { current } = coderStanding;
  return {
    isLookedAt: true,
    isFine: current === undefined || current.state === 'reached',
    since: current?.since,
    says: current === undefined ? 'It has not been looked at yet' : CODER_STATES[current.state].says,
  };
}

function attentionFor(
  { coderStanding, settings, providers, documents }: Services,
  counts: Counts,
  deployments: readonly Deployment[],
): Attention[] {
  const found: Attention[] = [];
  const add = (weight: Attention['weight'], what: string, todo: string, href?: string): void =>
    void found.push({ weight, what, todo, ...(href === undefined ? {} : { href }) });

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
        '/ui/settings',
      );
  }
  const coder = coderStanding.current;
  if (settings.coderUrl === undefined || settings.coderToken === undefined)
    add(
      'warn',
      'Workspaces and people are not looked after in Coder',
      'Set CODER_URL and CODER_TOKEN, so that keys of stopped workspaces and suspended people stop at once.',
    );
  else if (coder !== undefined && coder.state !== 'reached')
    add('bad', CODER_STATES[coder.state].says, `${capital(CODER_STATES[coder.state].remedy)}.`);
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
  if (counts.silent > 0)
    add(
      'warn',
      `${are(counts.silent, 'gateway process', 'gateway processes')} silent`,
      'What they had under way is booked in full shortly. Look at their logs.',
    );
  return found;
}

const are = (many: number, one: string, more = `${one}s`): string =>
  many === 1 ? `1 ${one} is` : `${many} ${more} are`;
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
