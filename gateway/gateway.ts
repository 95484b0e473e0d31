/** Puts the gateway together and takes it apart again, in the order that loses nothing. */
import { adminListener } from './admin/listener';
import { createAdminKeys } from './admin/admin-keys';
import { createAlerts } from './alerts/create-alerts';
import { createCallsUnderWay, LAST_WORDS_MS } from './concurrency/calls-under-way';
import { createCoderClient } from './coder/client';
import { warnOfGroups } from './coder/groups-warning';
import { startLiveness } from './coder/liveness';
import { createCoderStanding } from './coder/standing';
import type { Settings } from './config/environment';
import { DEFAULT_PROMPT_DIR, openPrompts } from './config/prompts';
import { openTls, type TlsSource } from './config/tls-source';
import { startContentLogging } from './content/content-logging';
import { openFileDocument } from './documents/file-document';
import { openPublishedDocument } from './documents/published-document';
import { createDeploymentHealth } from './health/deployment-health';
import { createInterruptedClients } from './health/interrupted-clients';
import { createRetryBudget } from './health/retry-budget';
import { createBodyRoom } from './http/body-room';
import { createFailedCredentials } from './http/failed-credentials';
import { dataListener, listen } from './http/server';
import { keySecretsOf } from './keys/key-derivation';
import { createKeyStore } from './keys/key-store';
import { createWorkspaceKeys } from './keys/workspace-keys';
import { createAccountDirectory } from './ledger/account-directory';
import { createRuns } from './ledger/runs';
import { createBudgetQueues } from './ledger/budget-queues';
import { keepCallCounts } from './ledger/call-counts';
import { createLedger } from './ledger/ledger';
import { createRefusalMemory } from './ledger/refusal-memory';
import { keepBudgetUse } from './ledger/insights/budget-use';
import { keepRetention } from './ledger/retention';
import { createSettlements } from './ledger/settlements';
import { followCalls } from './ledger/sums/follow-calls';
import { rebuildSums } from './ledger/sums/rebuild-sums';
import { createLargeBodies } from './concurrency/large-bodies';
import type { AdjustableLogger, Logger } from './log';
import { startLogLevel } from './log-level';
import { configuredProviders, warnOfProviders } from './providers/configured';
import { createInputCounter } from './providers/input-counter';
import { createTransport } from './providers/transport';
import { createReports } from './reports';
import { DATA_ROUTES } from './routes';
import { DEFAULT_LIMITS, limitsOf, type Limits, type Services } from './services';
import { createSlots } from './concurrency/slots';
import { watchSecrets } from './secrets/secret-watch';
import { openStore } from './store/open-store';
import { createCallObservers } from './telemetry/call-observers';
import { createClaimTally } from './telemetry/claim-tally';
import { startMetrics } from './telemetry/metrics/metrics';
import { createExporters } from './telemetry/otlp/exporters';
import { startTraces } from './telemetry/traces/start-traces';
import { createTokenBuckets } from './concurrency/token-buckets';

/** Far above what restarts and retries of a set-up make, far below what a store would feel. Each process counts for itself. */
const CLAIM_BURST = 30;
const CLAIMS_A_MINUTE = 30;

/** It is looked for a change of the log's level once in so many looks at the document. */
const LOG_LEVEL_LOOKS = 5;

export interface GatewayOptions {
  readonly logger: AdjustableLogger;
  /** Where `<level>.md` are; the repository's own by default. */
  readonly promptDirectory?: string;
  readonly limits?: Partial<Limits>;
  readonly now?: () => Date;
}

export interface Gateway {
  readonly dataUrl: string;
  readonly adminUrl: string;
  /** Where each listens, as host and port: what the URLs lead to is only this machine's way there. */
  readonly dataAddress: string;
  readonly adminAddress: string;
  /** The ways in, where a listener takes every address of the machine; empty where it takes one. */
  readonly dataWaysIn: readonly string[];
  readonly adminWaysIn: readonly string[];
  readonly services: Services;
  /** Stops accepting, lets calls under way finish up to a limit, books what is open, closes the store. */
  close(): Promise<void>;
  /** While it closes: ends the calls under way, with a word to their clients. */
  cutCalls(): void;
}

export async function startGateway(settings: Settings, options: GatewayOptions): Promise<Gateway> {
  let logger: Logger = options.logger;
  const limits = { ...DEFAULT_LIMITS, ...limitsOf(settings), ...options.limits };
  // What is opened is noted, so that a start that fails half-way leaves nothing behind.
  const closers: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (let closer = closers.pop(); closer; closer = closers.pop()) await closer();
  };
  try {
    const now = options.now ?? (() => new Date());
    const tls = openListenersTls(settings, logger, limits.pollMs, now);
    closers.push(() => tls?.close());
    // Its faults are told before a store is begun.
    const fileDocument =
      settings.document === undefined
        ? undefined
        : openFileDocument(settings.document, logger, limits.pollMs, now);
    closers.push(() => fileDocument?.close());
    const prompts = openPrompts(options.promptDirectory ?? DEFAULT_PROMPT_DIR, logger, limits.pollMs);
    closers.push(() => prompts.close());
    const store = await openStore(settings, logger);
    const { database } = store;
    closers.push(() => store.close());
    const documents =
      fileDocument ??
      (await openPublishedDocument({
        database,
        logger,
        pollMs: limits.pollMs,
        now,
        first: settings.firstDocument,
      }));
    closers.push(() => documents.close());
    const logLevel = startLogLevel({
      database,
      logger: options.logger,
      pollMs: LOG_LEVEL_LOOKS * limits.pollMs,
      now,
    });
    closers.push(() => logLevel.close());
    const callsUnderWay = createCallsUnderWay();
    const reports = createReports(
      (report) => store.openReports(report),
      limits.reportMs,
      () => callsUnderWay.isAny,
    );
    closers.push(() => reports.close());
    const alerts = createAlerts({ database, logger, settings, limits, now });
    closers.push(() => alerts.close());
    logger = alerts.logger;
    const transport = createTransport(limits.idleMs);
    closers.push(() => transport.close());
    const ledger = createLedger(database, logger, {
      ...limits,
      connection: store.connection,
      isAlone: store.isExclusive,
    });
    closers.push(() => ledger.close());
    const retentionTerms = () => {
      const { retention_days: days, time_zone: timeZone } = documents.current.document;
      return { days, timeZone };
    };
    const timeZoneNow = () => documents.current.document.time_zone;
    const sums = followCalls(database, logger, timeZoneNow);
    closers.push(() => sums.close());
    const retention = keepRetention(database, logger, retentionTerms, sums, now);
    closers.push(() => retention.close());
    const callCounts = keepCallCounts(database, logger);
    closers.push(() => callCounts.close());
    const budgetUse = keepBudgetUse({ database, reports, documents, settings, logger, now });
    closers.push(() => budgetUse.close());
    const budgetQueues = createBudgetQueues(limits.budgetWaiters, limits.keyBudgetWaiters);
    const settlements = createSettlements(logger);
    closers.push(() => settlements.finish(limits.shutdownMs));

    const failedCredentials = createFailedCredentials(logger, limits, now);
    closers.push(() => failedCredentials.close());
    const keys = createKeyStore(database);
    const secretWatch = await watchSecrets(settings, database, logger, now);
    closers.push(() => secretWatch.close());
    const observers = createCallObservers(logger);
    const exporters = createExporters(logger);
    const traces = startTraces(settings, observers, exporters, logger);
    closers.push(() => traces?.close());
    const contentLogging = startContentLogging(database, traces, limits.pollMs, now);
    closers.push(() => contentLogging.close());
    const services: Services = {
      settings,
      limits,
      logger,
      logLevel,
      documents,
      prompts,
      database,
      keys,
      workspaceKeys: createWorkspaceKeys(database, keys, keySecretsOf(settings), logger),
      ledger,
      settlements,
      accounts: createAccountDirectory(database),
      runs: createRuns(database, now),
      refusals: createRefusalMemory(now),
      budgetQueues,
      retention,
      callCounts,
      sums,
      budgetUse,
      rebuildSums: rebuildSums(store.connection, timeZoneNow, () => sums.follow()),
      adminKeys: createAdminKeys(database, now),
      secretWatch,
      bodies: createBodyRoom({ total: limits.bodiesBytes, share: limits.keyBodiesBytes }),
      keylessBodies: createBodyRoom({
        total: limits.keylessBodiesBytes,
        share: limits.keylessBodiesBytes,
      }),
      callSlots: createSlots(),
      countSlots: createSlots(),
      largeBodies: createLargeBodies(),
      countBuckets: createTokenBuckets(limits.countsAMinute / 2, limits.countsAMinute, now),
      refusedReads: createTokenBuckets(limits.refusalsAMinute / 5, limits.refusalsAMinute, now),
      failedCredentials,
      reports,
      claimBuckets: createTokenBuckets(CLAIM_BURST, CLAIMS_A_MINUTE, now),
      providers: configuredProviders(settings, logger),
      transport,
      inputCounter: createInputCounter(transport),
      health: createDeploymentHealth(logger, limits.coolDownMs),
      retries: createRetryBudget(),
      interruptedClients: createInterruptedClients(),
      callsUnderWay,
      claimTally: createClaimTally(),
      alerts,
      observers,
      exporters,
      contentLogging,
      traces,
      coder:
        settings.coderUrl !== undefined && isPrivateUrl(settings.coderUrl)
          ? createCoderClient(settings.coderUrl)
          : undefined,
      coderStanding: createCoderStanding(logger, now),
      now,
    };
    alerts.watch(services);
    warn(services);
    const { coderUrl, coderToken: token } = settings;
    const coder = coderUrl === undefined ? undefined : createCoderClient(coderUrl);
    // Not waited for: Coder may be away, or starting as well.
    void warnOfGroups({ documents, coder, token, logger });
    if (coder !== undefined && token !== undefined) {
      const liveness = startLiveness({
        database,
        keys,
        coder,
        token,
        intervalMs: settings.coderPollSeconds * 1_000,
        logger,
        standing: services.coderStanding,
      });
      closers.push(() => liveness.close());
    }
    const metrics = startMetrics(services);
    closers.push(() => metrics.close());
    const administration = adminListener(services, metrics);
    const admin = await listen(administration, {
      host: settings.adminHost,
      port: settings.adminPort,
      portVariable: 'GATEWAY_ADMIN_PORT',
      tls,
      logger,
      limits,
    });
    closers.push(() => admin.close(limits.shutdownMs));
    closers.push(() => administration.close());
    const data = await listen(dataListener(services, DATA_ROUTES), {
      host: settings.host,
      port: settings.port,
      portVariable: 'GATEWAY_PORT',
      tls,
      logger,
      limits,
    });
    closers.push(async () => {
      callsUnderWay.count();
      await data.linger(limits.lingerMs);
      // They hold nothing that a moment's grace would save.
      budgetQueues.close();
      // Calls are stopped by a word to their clients; who has not read it a moment later is cut off.
      const isClosed = data.close(limits.shutdownMs + LAST_WORDS_MS);
      const { finished, cut } = await callsUnderWay.finish(limits.shutdownMs);
      await isClosed;
      logger.info('drained', { calls_finished: finished, calls_cut: cut });
    });
    return {
      dataUrl: data.url,
      adminUrl: admin.url,
      dataAddress: data.address,
      adminAddress: admin.address,
      dataWaysIn: data.waysIn,
      adminWaysIn: admin.waysIn,
      services,
      close,
      cutCalls: () => callsUnderWay.stopNow(),
    };
  } catch (fault) {
    await close();
    throw fault;
  }
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/;

/** Whether what is sent there cannot be read on the way. */
function isPrivateUrl(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  // bounded: whoever runs the gateway sets it
  return protocol === 'https:' || LOOPBACK.test(hostname);
}

/** Administrators' keys open everything; who may reach their listener is for the network to say. */
function warnOfOpenAdmin({ adminHost, tlsCert }: Settings, logger: Logger): void {
  const says = 'the admin listener is open to other machines: workspaces must not be able to reach it';
  const isClear = tlsCert === undefined;
  logger.warn(isClear ? `${says}, and keys come to it in the clear` : says, {
    settings: ['GATEWAY_ADMIN_HOST', ...(isClear ? ['GATEWAY_TLS_CERT', 'GATEWAY_TLS_KEY'] : [])],
    host: adminHost,
  });
}

function openListenersTls(
  { tlsCert, tlsKey }: Settings,
  logger: Logger,
  pollMs: number,
  now: () => Date,
): TlsSource | undefined {
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  return openTls(tlsCert, tlsKey, logger, pollMs, now);
}

/** Says at start what would otherwise be noticed at the first refused call. */
function warn({ settings, providers, logger }: Services): void {
  warnOfProviders(settings, providers, logger);
  // bounded: whoever runs the gateway sets it
  if (!LOOPBACK.test(settings.adminHost)) warnOfOpenAdmin(settings, logger);
  if (settings.coderUrl !== undefined && !isPrivateUrl(settings.coderUrl))
    logger.warn(
      'Coder is asked in the clear: no keys by self-service, and whoever listens learns the token',
      {
        settings: ['CODER_URL'],
      },
    );
  if ((settings.coderUrl === undefined) !== (settings.coderToken === undefined))
    logger.warn('workspaces and people are not looked after in Coder: maximum ages of keys hold', {
      settings: ['CODER_URL', 'CODER_TOKEN'],
    });
  if (settings.claimSecret === undefined && settings.claimSecrets.size === 0)
    logger.warn('no claim secret is set: workspaces get no keys', { settings: ['WORKSPACE_CLAIM_SECRET'] });
}
