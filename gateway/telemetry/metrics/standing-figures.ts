/** What is read at the moment of a scrape: state of this process, and what was last read from the store. */
import { CODER_STATES } from '../../coder/standing';
import type { Directory } from '../../config/directory';
import { fingerprintOf } from '../../documents/document-text';
import { providerKey } from '../../providers/provider';
import type { Services } from '../../services';
import { exporterLabels } from './exporter-labels';
import type { GaugeName } from './metric-list';
import { deploymentsOf } from './named-deployments';
import { KEY_STATES, type StoreReader } from './store-figures';
import { runningVersion } from './running-version';

/** A value, and what it is told apart by. */
export type Sample = readonly [value: number, ...labels: readonly string[]];

/** Undefined: there is nothing to say just now. */
export type Reading = readonly Sample[] | number | undefined;

export type Readings = Readonly<Record<GaugeName, () => Reading>>;

/** Hex digits of a fingerprint that tell documents apart. */
const SHOWN_DIGITS = 12;

export function standingFigures(services: Services, store: StoreReader): Readings {
  const { database, documents, exporters, health, ledger, limits } = services;
  const build: readonly Sample[] = [[1, runningVersion(), process.version]];
  let fingerprinted: { readonly of: Directory; readonly digits: string } | undefined;
  const figures = () => store.latest?.figures;
  return {
    build: () => build,
    document: () => {
      if (fingerprinted?.of !== documents.current)
        fingerprinted = { of: documents.current, digits: fingerprintOf(documents.current.document) };
      return [[1, documents.origin.kind, fingerprinted.digits.slice(0, SHOWN_DIGITS)]];
    },
    retirement: () => retirements(services),
    paused: () =>
      [...deploymentsOf(services)].map(([name, { provider, deployment }]) => [
        Number(health.isPaused(name)),
        provider.name,
        deployment.id,
      ]),
    contentBytes: () => services.contentLogging.room.held,
    callsUnderWay: () => services.callsUnderWay.size,
    largeBodies: () => services.largeBodies.waiting,
    budgetWaiters: () => services.budgetQueues.size,
    bodyBytes: () => [
      [services.bodies.held, 'with_key'],
      [services.keylessBodies.held, 'without_key'],
    ],
    bodyBytesLimit: () => [
      [limits.bodiesBytes, 'with_key'],
      [limits.keylessBodiesBytes, 'without_key'],
    ],
    connections: () => {
      const { connections, idle } = database.load;
      return [
        [connections - idle, 'busy'],
        [idle, 'idle'],
      ];
    },
    connectionsLimit: () => database.load.most,
    connectionWaiters: () => database.load.waiting,
    settlements: () => services.settlements.waiting,
    heartbeat: () => ledger.lastBeat() / 1_000,
    coder: () => {
      const { current } = services.coderStanding;
      return current && Object.keys(CODER_STATES).map((state) => [Number(state === current.state), state]);
    },
    exportWaiting: () =>
      exporters.all.map((exporter) => {
        const figures = exporter.figures();
        return [figures.waiting, ...exporterLabels(figures)];
      }),
    exportUp: () =>
      exporters.all.flatMap((exporter): Sample[] => {
        const figures = exporter.figures();
        return figures.isUp === undefined ? [] : [[Number(figures.isUp), ...exporterLabels(figures)]];
      }),
    storeAnswers: () => (store.isUp === undefined ? undefined : Number(store.isUp)),
    storeAsked: () => store.latest && store.latest.at / 1_000,
    keys: () => {
      const keys = figures()?.keys;
      return keys && KEY_STATES.map((state) => [keys[state] ?? 0, state]);
    },
    closedAccounts: () => figures()?.closedAccounts,
    reservations: () => figures()?.reservations,
    reserved: () => figures()?.reservedDollars,
    oldestReservation: () => figures()?.oldestReservation,
    processes: () => figures()?.processes,
    oldestHeartbeat: () => figures()?.oldestHeartbeat,
    liveness: () => figures()?.liveness,
  };
}

function retirements({ documents, providers }: Services): Sample[] {
  const samples: Sample[] = [];
  for (const { name, deployments } of documents.current.document.models)
    for (const deployment of deployments) {
      const provider = providers.get(providerKey(deployment));
      if (provider === undefined || deployment.retires_on === undefined) continue;
      samples.push([Date.parse(deployment.retires_on) / 1_000, name, provider.name, deployment.id]);
    }
  return samples;
}
