/** What the gateway's parts share, put together once at start. */
import type { AdminKeys } from './admin/admin-keys';
import type { Alerts } from './alerts/alerts';
import type { CallsUnderWay } from './concurrency/calls-under-way';
import type { CoderClient } from './coder/client';
import type { CoderStanding } from './coder/standing';
import type { ContentLogging } from './content/content-logging';
import type { DocumentSource } from './documents/document-source';
import type { Settings } from './config/environment';
import type { PromptSource } from './config/prompts';
import type { DeploymentHealth } from './health/deployment-health';
import type { InterruptedClients } from './health/interrupted-clients';
import type { RetryBudget } from './health/retry-budget';
import type { BodyRoom } from './http/body-room';
import { CONNECTION_LIMITS, type ConnectionLimits } from './http/connection-limits';
import type { FailedCredentialLimits, FailedCredentials } from './http/failed-credentials';
import type { KeyStore } from './keys/key-store';
import type { WorkspaceKeys } from './keys/workspace-keys';
import type { AccountDirectory } from './ledger/account-directory';
import type { BudgetQueues } from './ledger/budget-queues';
import type { ProcessLimits } from './ledger/gateway-process';
import type { Ledger } from './ledger/ledger';
import type { RefusalMemory } from './ledger/refusal-memory';
import type { CallCounts } from './ledger/call-counts';
import type { Runs } from './ledger/runs';
import type { KeptBudgetUse } from './ledger/insights/budget-use';
import type { Retention } from './ledger/retention';
import type { Settlements } from './ledger/settlements';
import type { CallSums } from './ledger/sums/follow-calls';
import type { Rebuild } from './ledger/sums/rebuild-sums';
import type { LargeBodies } from './concurrency/large-bodies';
import type { Logger } from './log';
import type { LogLevelSource } from './log-level';
import type { InputCounter } from './providers/input-counter';
import type { Provider } from './providers/provider';
import type { Transport } from './providers/transport';
import type { Reports } from './reports';
import type { SecretWatch } from './secrets/secret-watch';
import type { Slots } from './concurrency/slots';
import type { Database } from './store/database';
import type { CallObservers } from './telemetry/call-observers';
import type { ClaimTally } from './telemetry/claim-tally';
import type { Exporters } from './telemetry/otlp/exporters';
import type { Traces } from './telemetry/traces/start-traces';
import type { TokenBuckets } from './concurrency/token-buckets';

/** What the environment sets, under the variables' names in `config/limit-variables.ts`. */
export interface SettableLimits {
  /** Bytes of a request body. */
  readonly bodyBytes: number;
  /** Milliseconds of silence after which a stream's client gets a sign of life. */
  readonly keepAliveMs: number;
  /** Milliseconds a provider may be silent. */
  readonly idleMs: number;
  /** Milliseconds a provider may take until an answer begins that is not streamed. */
  readonly answerMs: number;
  /** Milliseconds a call may take. */
  readonly totalMs: number;
  /** Milliseconds a deployment that failed is left alone. */
  readonly coolDownMs: number;
  /** Milliseconds that a provider is listened to after the client has gone, so that the usage gets known. */
  readonly drainMs: number;
  /** Milliseconds a client may take to read what was written to it. */
  readonly slowReaderMs: number;
  /** Milliseconds that calls under way get when the gateway is told to stop. */
  readonly shutdownMs: number;
  /** Milliseconds before that in which connections that are open are still answered, each for the last time. */
  readonly lingerMs: number;
  /** Milliseconds a call waits for what calls under way hold of its budget. */
  readonly budgetWaitMs: number;
  /** Bytes that the bodies under way may hold, of all keys together. */
  readonly bodiesBytes: number;
  /** The same, of one key. */
  readonly keyBodiesBytes: number;
  /** The same, of all who are still to get a key together. */
  readonly keylessBodiesBytes: number;
  /** Questions about a call's size that a key may ask a minute. */
  readonly countsAMinute: number;
  /** Calls of a key a minute whose body is read and that are refused. */
  readonly refusalsAMinute: number;
  /** Milliseconds the store may work for one report. */
  readonly reportMs: number;
}

export interface Limits extends ProcessLimits, ConnectionLimits, SettableLimits, FailedCredentialLimits {
  /** Objects, lists and further entries of either that a request body may hold, JSON text inside it included. */
  readonly bodyElements: number;
  /** Questions about a call's size that a key may have open at once. */
  readonly countsAtOnce: number;
  /** Calls that may wait for a budget at once, of all keys together. */
  readonly budgetWaiters: number;
  /** The same, of one key. */
  readonly keyBudgetWaiters: number;
  /** Milliseconds between two looks at document and prompts. */
  readonly pollMs: number;
  /** Milliseconds between two looks for what administrators are to be told. */
  readonly alertLookMs: number;
  /** Milliseconds after an alert did not arrive until it is sent again; it doubles from one to the next. */
  readonly alertPauseMs: number;
  /** Milliseconds in which alerts of one kind are counted, so that of many only the number is told. */
  readonly alertBurstMs: number;
}

export const DEFAULT_LIMITS: Omit<Limits, keyof SettableLimits> = {
  // Agents' longest conversations have some ten thousand; text, of which they mostly consist, counts as nothing.
  bodyElements: 200_000,
  // Claude Code's /context asks about each tool by itself, all at once.
  countsAtOnce: 32,
  budgetWaiters: 1_000,
  keyBudgetWaiters: 100,
  ...CONNECTION_LIMITS,
  // Some hundred workspaces behind one address may all have an old key at once.
  failedCredentials: 240,
  pollMs: 2_000,
  alertLookMs: 10_000,
  alertPauseMs: 5_000,
  alertBurstMs: 600_000,
  heartbeatMs: 5_000,
  deadAfterMs: 30_000,
  strayAfterMs: 20_000,
  loopStallMs: 30_000,
};

export const limitsOf = (settings: Settings): SettableLimits => ({
  bodyBytes: settings.bodyBytes,
  keepAliveMs: settings.keepAliveSeconds * 1_000,
  idleMs: settings.idleSeconds * 1_000,
  answerMs: settings.answerSeconds * 1_000,
  totalMs: settings.totalSeconds * 1_000,
  coolDownMs: settings.coolDownSeconds * 1_000,
  drainMs: settings.drainSeconds * 1_000,
  slowReaderMs: settings.slowReaderSeconds * 1_000,
  shutdownMs: settings.shutdownSeconds * 1_000,
  lingerMs: settings.lingerSeconds * 1_000,
  budgetWaitMs: settings.budgetWaitSeconds * 1_000,
  bodiesBytes: settings.bodiesBytes,
  keyBodiesBytes: settings.keyBodiesBytes,
  keylessBodiesBytes: settings.keylessBodiesBytes,
  countsAMinute: settings.countsAMinute,
  refusalsAMinute: settings.refusalsAMinute,
  reportMs: settings.reportSeconds * 1_000,
});

export interface Services {
  readonly settings: Settings;
  readonly limits: Limits;
  readonly logger: Logger;
  readonly logLevel: LogLevelSource;
  readonly documents: DocumentSource;
  readonly prompts: PromptSource;
  readonly database: Database;
  readonly keys: KeyStore;
  readonly workspaceKeys: WorkspaceKeys;
  readonly ledger: Ledger;
  readonly settlements: Settlements;
  readonly accounts: AccountDirectory;
  readonly runs: Runs;
  readonly refusals: RefusalMemory;
  /** Calls that wait for what others hold of a budget. */
  readonly budgetQueues: BudgetQueues;
  readonly retention: Retention;
  readonly callCounts: CallCounts;
  readonly sums: CallSums;
  /** Which budgets are too tight or hardly used, looked at once an hour. */
  readonly budgetUse: KeptBudgetUse;
  /** Makes those sums again, when somebody asks for it. */
  readonly rebuildSums: Rebuild;
  readonly adminKeys: AdminKeys;
  /** Which secrets are in use, and who still uses a former one. */
  readonly secretWatch: SecretWatch;
  /** Room for the bodies of keys, by account, and of administrators. */
  readonly bodies: BodyRoom;
  /** Room for the bodies of those who are still to get a key: people and workspaces, by id. */
  readonly keylessBodies: BodyRoom;
  /** Of accounts: calls under way in this process, from the first byte of the body. */
  readonly callSlots: Slots;
  readonly reports: Reports;
  readonly countSlots: Slots;
  readonly largeBodies: LargeBodies;
  /** Of accounts: questions about a call's size. */
  readonly countBuckets: TokenBuckets;
  /** Of accounts: calls whose body is read and that are refused. */
  readonly refusedReads: TokenBuckets;
  readonly failedCredentials: FailedCredentials;
  /** Of workspaces, by their ids: each claim that is looked at costs the store a transaction. */
  readonly claimBuckets: TokenBuckets;
  /** Only those that are configured, by `providerKey`. */
  readonly providers: ReadonlyMap<string, Provider>;
  readonly transport: Transport;
  /** What providers say of a call's size, where its bytes say too much. */
  readonly inputCounter: InputCounter;
  readonly health: DeploymentHealth;
  readonly retries: RetryBudget;
  readonly interruptedClients: InterruptedClients;
  readonly callsUnderWay: CallsUnderWay;
  /** Told of every call that has ended, let through or refused. */
  readonly observers: CallObservers;
  readonly claimTally: ClaimTally;
  /** What administrators are told of. */
  readonly alerts: Alerts;
  /** Where traces and metrics go to. */
  readonly exporters: Exporters;
  /** Off, but where an administrator has switched it on. */
  readonly contentLogging: ContentLogging;
  /** Undefined: they are off. */
  readonly traces: Traces | undefined;
  /** Undefined: no CODER_URL, or one that a person's token may not be sent to. */
  readonly coder: CoderClient | undefined;
  /** How the looks at Coder went. */
  readonly coderStanding: CoderStanding;
  readonly now: () => Date;
}
