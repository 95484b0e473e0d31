/** Every metric of the gateway: registered, described in docs/metrics.md and looked for by dashboard and rules from here. */
import { counter, gauge, histogram } from './metric';

/** Seconds: from an answer out of a cache to an agent's longest thoughts. */
const CALL_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600];
const FIRST_TOKEN_SECONDS = [0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120];
/** Tokens a second. */
const OUTPUT_RATES = [5, 10, 20, 30, 40, 60, 80, 100, 150, 200, 400];

const DEPLOYMENT = ['model', 'provider', 'deployment'] as const;
const EXPORTER = ['exporter', 'signal'] as const;

export const COUNTERS = {
  calls: counter(
    'calls_total',
    'Model calls that have ended, let through or refused. error is a code of docs/errors.md, or "none"; model is "unknown" where the caller named none that it may use; status 499: the client had gone.',
    ['protocol', ...DEPLOYMENT, 'status', 'error'],
  ),
  tokens: counter(
    'tokens_total',
    'Tokens that providers reported, each counted once: input is what no prompt cache had.',
    [...DEPLOYMENT, 'kind'],
  ),
  cost: counter('cost_dollars_total', 'US dollars booked for calls, estimates included.', [...DEPLOYMENT]),
  estimated: counter(
    'estimated_bookings_total',
    'Calls booked by an estimate, because the provider never said what it used.',
    [...DEPLOYMENT],
  ),
  estimatedCost: counter('estimated_cost_dollars_total', 'US dollars of those estimates.', [...DEPLOYMENT]),
  refusals: counter(
    'limit_refusals_total',
    'Calls refused by a budget or limit: budget (used up), held (by calls under way), closed (for overdraft), requests, tokens, parallel.',
    ['reason'],
  ),
  attempts: counter(
    'upstream_attempts_total',
    'Questions to providers; a call may take several. error is "none" where the provider answered.',
    [...DEPLOYMENT, 'error'],
  ),
  failovers: counter('failovers_total', 'Attempts beyond the first of a call.', ['model']),
  coolDowns: counter('cool_downs_total', 'Times a deployment that failed was left alone for a while.', [
    'provider',
    'deployment',
  ]),
  claims: counter(
    'claims_total',
    'Workspace claims by what came of them: issued (a new key), reused, or the code of the refusal.',
    ['outcome'],
  ),
  exported: counter(
    'export_items_total',
    'Spans and points of metrics that arrived: exporter is otlp or langfuse, signal is traces or metrics.',
    [...EXPORTER],
  ),
  exportDropped: counter(
    'export_dropped_items_total',
    'Spans and points that never will: there was no room for them, or the other side would not have them. Points are told anew with the next delivery.',
    [...EXPORTER],
  ),
  exportFailures: counter(
    'export_failures_total',
    'Deliveries of spans or points that did not arrive, each time they were tried.',
    [...EXPORTER],
  ),
  teamCalls: counter(
    'team_calls_total',
    'Calls by team; only with GATEWAY_METRICS_TEAMS. A call counts for each team of its key.',
    ['team', 'error'],
  ),
  teamTokens: counter('team_tokens_total', 'Tokens by team; only with GATEWAY_METRICS_TEAMS.', [
    'team',
    'kind',
  ]),
  teamCost: counter(
    'team_cost_dollars_total',
    'US dollars booked by team; only with GATEWAY_METRICS_TEAMS.',
    ['team'],
  ),
  contentCalls: counter(
    'content_logging_calls_total',
    'Calls for whose keys content logging is on, by what became of what was said: sent (to Langfuse), no_room (the process held all it may), not_sampled (no trace), lost (Langfuse was away for too long, or refused it).',
    ['outcome'],
  ),
  contentMasked: counter(
    'content_logging_masked_total',
    'Secrets that were masked in what was said before it left, by kind.',
    ['kind'],
  ),
  overflow: counter(
    'series_overflow_total',
    'Times something was counted under "other", because its metric has as many series as it may have.',
  ),
} as const;

export const HISTOGRAMS = {
  duration: histogram(
    'call_duration_seconds',
    'How long calls took that a provider was asked for, to the last byte of the answer.',
    [...DEPLOYMENT],
    CALL_SECONDS,
  ),
  firstToken: histogram(
    'time_to_first_token_seconds',
    'How long until the first content of a streamed answer.',
    [...DEPLOYMENT],
    FIRST_TOKEN_SECONDS,
  ),
  outputRate: histogram(
    'output_tokens_per_second',
    'Output tokens a second of streamed answers, from the first content on.',
    [...DEPLOYMENT],
    OUTPUT_RATES,
  ),
  attemptDuration: histogram(
    'upstream_attempt_duration_seconds',
    'How long providers were waited for, attempt by attempt.',
    [...DEPLOYMENT],
    CALL_SECONDS,
  ),
} as const;

export const GAUGES = {
  build: gauge('process', 'build_info', 'Always 1; what runs.', ['version', 'node']),
  document: gauge(
    'process',
    'document_info',
    'Always 1; the document in force, by the first digits of its fingerprint.',
    ['origin', 'sha256'],
  ),
  retirement: gauge(
    'process',
    'deployment_retirement_timestamp_seconds',
    'When a provider ends a deployment, where that is announced.',
    [...DEPLOYMENT],
  ),
  paused: gauge(
    'process',
    'deployment_paused',
    '1 while a deployment that failed is left alone, otherwise 0.',
    ['provider', 'deployment'],
  ),
  contentBytes: gauge(
    'process',
    'content_logging_bytes',
    'Bytes of what was said that are held on their way to Langfuse; 0 while content logging is off.',
  ),
  callsUnderWay: gauge('process', 'calls_in_progress', 'Model calls being answered.'),
  largeBodies: gauge('process', 'large_bodies_waiting', 'Calls with a large body that wait for their turn.'),
  budgetWaiters: gauge('process', 'budget_waiters', 'Calls that wait for what others hold of a budget.'),
  bodyBytes: gauge(
    'process',
    'body_bytes',
    'Bytes that bodies under way hold, of callers with a key and without.',
    ['callers'],
  ),
  bodyBytesLimit: gauge('process', 'body_bytes_limit', 'Bytes that they may hold.', ['callers']),
  connections: gauge('process', 'store_connections', 'Connections to the store that calls share.', ['state']),
  connectionsLimit: gauge('process', 'store_connections_limit', 'Connections that there may be.'),
  connectionWaiters: gauge('process', 'store_connection_waiters', 'Statements that wait for a connection.'),
  settlements: gauge('process', 'settlements_waiting', 'Bookings that the store has not taken yet.'),
  heartbeat: gauge(
    'process',
    'heartbeat_timestamp_seconds',
    'When the store took the last heartbeat of this process; 0 before the first.',
  ),
  coder: gauge(
    'process',
    'coder_state',
    '1 for how Coder was found at the last look, 0 for the other states; only with CODER_TOKEN.',
    ['state'],
  ),
  exportWaiting: gauge('process', 'export_waiting_items', 'Spans and points that wait to be sent.', [
    ...EXPORTER,
  ]),
  exportUp: gauge(
    'process',
    'export_up',
    '1 if the last delivery of traces or metrics arrived, 0 if it did not; absent before the first.',
    [...EXPORTER],
  ),
  storeAnswers: gauge(
    'process',
    'store_up',
    '1 if the store answered when it was last asked for figures, otherwise 0.',
  ),
  storeAsked: gauge(
    'process',
    'store_figures_timestamp_seconds',
    'When the figures that come from the store were read.',
  ),
  keys: gauge(
    'store',
    'keys',
    'Keys by state: live, not_yet_valid, paused, blocked, replaced, expired; revoked ones are left out.',
    ['state'],
  ),
  closedAccounts: gauge(
    'store',
    'closed_accounts',
    'Accounts that are closed until an administrator opens them, for overdraft.',
  ),
  reservations: gauge('store', 'reservations_open', 'Calls for which money is set aside.'),
  reserved: gauge('store', 'reserved_dollars', 'US dollars set aside for them.'),
  oldestReservation: gauge(
    'store',
    'oldest_reservation_timestamp_seconds',
    'When the oldest of them was made; absent where there is none.',
  ),
  processes: gauge('store', 'processes', 'Gateway processes that share the store and have a heartbeat.'),
  oldestHeartbeat: gauge(
    'store',
    'oldest_heartbeat_timestamp_seconds',
    'When the store took the oldest last heartbeat of them.',
  ),
  liveness: gauge(
    'store',
    'liveness_timestamp_seconds',
    'When Coder was last looked at to the end; absent where it never was.',
  ),
} as const;

export const METRICS = { ...COUNTERS, ...HISTOGRAMS, ...GAUGES } as const;

export type CounterName = keyof typeof COUNTERS;
export type HistogramName = keyof typeof HISTOGRAMS;
export type GaugeName = keyof typeof GAUGES;
