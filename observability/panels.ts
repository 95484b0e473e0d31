/** What the dashboard shows, row by row: each panel answers one question of an operator's. */
import { COUNTERS, GAUGES, HISTOGRAMS } from '../gateway/telemetry/metrics/metric-list';
import { by, MODEL, ofStore, PROCESS, quantile, rate, sum, total, type Row } from './panel';

const c = COUNTERS;
const h = HISTOGRAMS;
const g = GAUGES;

export const ROWS: readonly Row[] = [
  {
    title: 'Now',
    panels: [
      {
        title: 'Calls a second',
        description: 'Calls that ended, let through or refused.',
        kind: 'stat',
        unit: 'reqps',
        queries: [by('calls', `sum(${rate(c.calls)})`)],
      },
      {
        title: 'Failed',
        description:
          'Share of calls that ended with a fault of the gateway or of a provider. Usual is below 1 %.',
        kind: 'stat',
        unit: 'percentunit',
        trouble: 0.05,
        queries: [by('failed', `${total(c.calls, `${PROCESS},status=~"5.."`)} / sum(${rate(c.calls)})`)],
      },
      {
        title: 'US dollars an hour',
        description: 'What is booked, estimates included.',
        kind: 'stat',
        unit: 'currencyUSD',
        queries: [by('dollars', `${total(c.cost)} * 3600`)],
      },
      {
        title: 'Under way',
        description: 'Calls being answered.',
        kind: 'stat',
        unit: 'short',
        queries: [by('calls', `sum(${g.callsUnderWay.name}{${PROCESS}})`)],
      },
      {
        title: 'Store',
        description:
          '1: it answers every process. 0: one of them does not reach it, and lets no call through.',
        kind: 'stat',
        unit: 'none',
        queries: [by('up', `min(${g.storeAnswers.name}{${PROCESS}})`)],
      },
      {
        title: 'Version',
        description: 'What runs, and in how many processes.',
        kind: 'stat',
        unit: 'none',
        queries: [by('{{version}}', sum(`${g.build.name}{${PROCESS}}`, 'version'))],
      },
    ],
  },
  {
    title: 'Calls',
    panels: [
      {
        title: 'Calls by model',
        description: '"unknown": refused before a model was known, or for one that the key may not use.',
        kind: 'timeseries',
        unit: 'reqps',
        isStacked: true,
        queries: [by('{{model}}', sum(rate(c.calls, MODEL), 'model'))],
      },
      {
        title: 'Refused and failed by error',
        description: 'Codes of docs/errors.md. budget_exceeded and rate_limited are policy at work.',
        kind: 'timeseries',
        unit: 'reqps',
        queries: [by('{{status}} {{error}}', sum(rate(c.calls, `${MODEL},error!="none"`), 'status, error'))],
      },
      {
        title: 'How long calls take',
        description: 'Half of the calls, and all but one in twenty, to the last byte.',
        kind: 'timeseries',
        unit: 's',
        queries: [
          by('{{model}} half', quantile(0.5, h.duration, 'model')),
          by('{{model}} 95 %', quantile(0.95, h.duration, 'model')),
        ],
      },
      {
        title: 'Time to the first token',
        description: 'Of streamed answers. Up to 15 s are usual with long conversations that no cache has.',
        kind: 'timeseries',
        unit: 's',
        trouble: 30,
        queries: [
          by('{{model}} half', quantile(0.5, h.firstToken, 'model')),
          by('{{model}} 95 %', quantile(0.95, h.firstToken, 'model')),
        ],
      },
      {
        title: 'Output tokens a second',
        description: 'Of streamed answers, from their first content on: half of them are faster.',
        kind: 'timeseries',
        unit: 'short',
        queries: [by('{{model}}', quantile(0.5, h.outputRate, 'model'))],
      },
      {
        title: 'By protocol',
        description: 'Which of the APIs clients speak.',
        kind: 'timeseries',
        unit: 'reqps',
        isStacked: true,
        queries: [by('{{protocol}}', sum(rate(c.calls, MODEL), 'protocol'))],
      },
    ],
  },
  {
    title: 'Tokens and money',
    panels: [
      {
        title: 'Tokens a second by kind',
        description: 'Each counted once: input is what no prompt cache had.',
        kind: 'timeseries',
        unit: 'short',
        isStacked: true,
        queries: [by('{{kind}}', sum(rate(c.tokens, MODEL), 'kind'))],
      },
      {
        title: 'Input that came from the prompt cache',
        description: 'Share of all input. Agents in long conversations reach 90 %; a fall makes them dear.',
        kind: 'timeseries',
        unit: 'percentunit',
        queries: [
          by(
            '{{model}}',
            `${sum(rate(c.tokens, `${MODEL},kind="cache_read"`), 'model')} / ${sum(rate(c.tokens, `${MODEL},kind!="output"`), 'model')}`,
          ),
        ],
      },
      {
        title: 'US dollars an hour by model',
        description: 'As it is booked; the account is the ledger.',
        kind: 'timeseries',
        unit: 'currencyUSD',
        isStacked: true,
        queries: [by('{{model}}', `${sum(rate(c.cost, MODEL), 'model')} * 3600`)],
      },
      {
        title: 'US dollars an hour by team',
        description: 'Only with GATEWAY_METRICS_TEAMS.',
        kind: 'timeseries',
        unit: 'currencyUSD',
        queries: [by('{{team}}', `${sum(rate(c.teamCost), 'team')} * 3600`)],
      },
      {
        title: 'Refused by a budget or limit',
        description:
          'budget: used up; held: by calls under way; closed: for overdraft; the rest are limits a minute or at once.',
        kind: 'timeseries',
        unit: 'reqps',
        queries: [by('{{reason}}', sum(rate(c.refusals), 'reason'))],
      },
      {
        title: 'Set aside and estimated',
        description: 'US dollars set aside for calls under way, and booked by estimate an hour.',
        kind: 'timeseries',
        unit: 'currencyUSD',
        queries: [
          by('set aside', ofStore(g.reserved)),
          by('estimated an hour', `${total(c.estimatedCost)} * 3600`),
        ],
      },
    ],
  },
  {
    title: 'Providers',
    panels: [
      {
        title: 'Attempts by deployment',
        description: 'Questions to providers; a call may take several.',
        kind: 'timeseries',
        unit: 'reqps',
        queries: [by('{{provider}}/{{deployment}}', sum(rate(c.attempts, MODEL), 'provider, deployment'))],
      },
      {
        title: 'Attempts that failed',
        description: 'provider_rejected is the client’s own request.',
        kind: 'timeseries',
        unit: 'reqps',
        queries: [
          by(
            '{{provider}}/{{deployment}} {{error}}',
            sum(rate(c.attempts, `${MODEL},error!="none"`), 'provider, deployment, error'),
          ),
        ],
      },
      {
        title: 'Left alone',
        description: '1 while a deployment that failed is left alone.',
        kind: 'timeseries',
        unit: 'none',
        queries: [
          by('{{provider}}/{{deployment}}', `max by (provider, deployment) (${g.paused.name}{${PROCESS}})`),
        ],
      },
      {
        title: 'Failovers and cool-downs a minute',
        description: 'Attempts beyond the first of a call, and deployments newly left alone.',
        kind: 'timeseries',
        unit: 'short',
        queries: [
          by('failovers', `${total(c.failovers)} * 60`),
          by('cool-downs', `${total(c.coolDowns)} * 60`),
        ],
      },
      {
        title: 'How long providers take',
        description: 'All attempts but one in twenty.',
        kind: 'timeseries',
        unit: 's',
        queries: [by('{{deployment}}', quantile(0.95, h.attemptDuration, 'deployment'))],
      },
      {
        title: 'Deployments that end',
        description: 'Where a provider has announced it.',
        kind: 'stat',
        unit: 'dateTimeFromNow',
        queries: [by('{{deployment}}', `min by (deployment) (${g.retirement.name}{${PROCESS}}) * 1000`)],
      },
    ],
  },
  {
    title: 'Process and store',
    panels: [
      {
        title: 'Event loop',
        description: 'How late one turn in a hundred begins. Usual is below 0.05 s.',
        kind: 'timeseries',
        unit: 's',
        trouble: 0.5,
        queries: [by('{{instance}}', `nodejs_eventloop_lag_p99_seconds{${PROCESS}}`)],
      },
      {
        title: 'Queues',
        description:
          'Who waits: large bodies for their turn, calls for a budget, statements for a connection, bookings for the store.',
        kind: 'timeseries',
        unit: 'short',
        queries: [
          by('large bodies {{instance}}', `${g.largeBodies.name}{${PROCESS}}`),
          by('budget {{instance}}', `${g.budgetWaiters.name}{${PROCESS}}`),
          by('connections {{instance}}', `${g.connectionWaiters.name}{${PROCESS}}`),
          by('bookings {{instance}}', `${g.settlements.name}{${PROCESS}}`),
        ],
      },
      {
        title: 'Room for bodies',
        description: 'Share that is taken; at 100 % calls are refused.',
        kind: 'timeseries',
        unit: 'percentunit',
        trouble: 0.8,
        queries: [
          by(
            '{{instance}} {{callers}}',
            `${g.bodyBytes.name}{${PROCESS}} / ${g.bodyBytesLimit.name}{${PROCESS}}`,
          ),
        ],
      },
      {
        title: 'Connections to the store',
        description: 'Busy ones of those that calls share.',
        kind: 'timeseries',
        unit: 'short',
        queries: [
          by('{{instance}}', `${g.connections.name}{${PROCESS},state="busy"}`),
          by('most', ofStore(g.connectionsLimit)),
        ],
      },
      {
        title: 'Since the last heartbeat',
        description: 'Of each process; one is due every five seconds, after thirty it counts as dead.',
        kind: 'timeseries',
        unit: 's',
        trouble: 20,
        queries: [by('{{instance}}', `time() - ${g.heartbeat.name}{${PROCESS}}`)],
      },
      {
        title: 'Memory and processor',
        description: 'Bytes of each process, and seconds of a processor it takes a second.',
        kind: 'timeseries',
        unit: 'bytes',
        queries: [
          by('{{instance}}', `process_resident_memory_bytes{${PROCESS}}`),
          by('{{instance}} processor', `rate(process_cpu_seconds_total{${PROCESS}}[$__rate_interval])`),
        ],
      },
    ],
  },
  {
    title: 'Traces and metrics that go out',
    panels: [
      {
        title: 'Whether they arrive',
        description: '1 where the last delivery of every process did; nothing where none was made yet.',
        kind: 'stat',
        unit: 'none',
        queries: [
          by('{{exporter}} {{signal}}', `min by (exporter, signal) (${g.exportUp.name}{${PROCESS}})`),
        ],
      },
      {
        title: 'Arrived and dropped a second',
        description: 'Spans and points of metrics. What metrics drop, the next delivery tells.',
        kind: 'timeseries',
        unit: 'short',
        queries: [
          by('{{exporter}} {{signal}} arrived', sum(rate(c.exported), 'exporter, signal')),
          by('{{exporter}} {{signal}} dropped', sum(rate(c.exportDropped), 'exporter, signal')),
        ],
      },
      {
        title: 'Deliveries that failed a minute',
        description: 'Each time they were tried; the log has one line for each change.',
        kind: 'timeseries',
        unit: 'short',
        queries: [by('{{exporter}} {{signal}}', `${sum(rate(c.exportFailures), 'exporter, signal')} * 60`)],
      },
      {
        title: 'Waiting to be sent',
        description: 'At most OTEL_BSP_MAX_QUEUE_SIZE spans of each process for each endpoint.',
        kind: 'timeseries',
        unit: 'short',
        queries: [
          by('{{exporter}} {{signal}}', `sum by (exporter, signal) (${g.exportWaiting.name}{${PROCESS}})`),
        ],
      },
    ],
  },
  {
    title: 'Keys',
    panels: [
      {
        title: 'Keys by state',
        description: 'Of those that are not revoked.',
        kind: 'timeseries',
        unit: 'short',
        isStacked: true,
        queries: [by('{{state}}', `max by (state) (${g.keys.name}{${PROCESS}})`)],
      },
      {
        title: 'Claims of workspaces',
        description: 'By what came of them: a code is why they were refused.',
        kind: 'timeseries',
        unit: 'reqps',
        queries: [by('{{outcome}}', sum(rate(c.claims), 'outcome'))],
      },
      {
        title: 'Since the last look at Coder',
        description: 'One is due every minute; until then keys of suspended people still work.',
        kind: 'timeseries',
        unit: 's',
        trouble: 900,
        queries: [by('since', `time() - ${ofStore(g.liveness)}`)],
      },
      {
        title: 'Closed accounts',
        description: 'For overdraft, until an administrator opens them.',
        kind: 'stat',
        unit: 'none',
        trouble: 1,
        queries: [by('closed', ofStore(g.closedAccounts))],
      },
      {
        title: 'Calls with money set aside',
        description: 'Over all processes.',
        kind: 'stat',
        unit: 'none',
        queries: [by('open', ofStore(g.reservations))],
      },
      {
        title: 'Processes',
        description: 'That have a heartbeat.',
        kind: 'stat',
        unit: 'none',
        queries: [by('processes', ofStore(g.processes))],
      },
    ],
  },
];
