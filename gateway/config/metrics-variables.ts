/** The environment variables of /metrics: who may read it, and whether teams are told apart. */
import { checkSecret } from './secrets';
import { optional, variable } from './variable';
import { credential, oneOf } from './variable-values';

const ACCESS = ['credential', 'open'] as const;
export type MetricsAccess = (typeof ACCESS)[number];

/** Each has some ten series. */
const MOST_TEAMS = 1_000;

function fewTeams(value: string): number {
  const number = Number(value);
  if (!/^\d{1,4}$/.test(value) || number > MOST_TEAMS)
    throw new Error(`must be a whole number from 0 (no metrics by team) to ${MOST_TEAMS}, not "${value}"`);
  return number;
}

export const METRICS_VARIABLES = {
  metricsToken: optional({
    name: 'GATEWAY_METRICS_TOKEN',
    secret: true,
    unset: 'none: an admin key of any role reads them',
    parse: (value: string) => checkSecret(credential(value)),
    meaning:
      'Token that opens /metrics on the admin listener and nothing else, for Prometheus: at least 32 characters.',
  }),
  metricsAccess: variable<MetricsAccess>({
    name: 'GATEWAY_METRICS_ACCESS',
    fallback: 'credential',
    parse: oneOf(ACCESS),
    meaning:
      'Who may read /metrics: "credential" (with the token or an admin key) or "open" (whoever reaches the admin listener).',
  }),
  metricsTeams: variable({
    name: 'GATEWAY_METRICS_TEAMS',
    fallback: 0,
    parse: fewTeams,
    meaning:
      'How many teams (templates and groups with a budget) have metrics of their own; the rest are "other". 0: none.',
  }),
} as const;
