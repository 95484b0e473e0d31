/** What the gateway's parts share, put together once at start. */
import type { CoderClient } from './coder/client';
import type { Settings } from './config/environment';
import type { DocumentSource } from './config/document-loader';
import type { PromptSource } from './config/prompts';
import type { KeyStore } from './keys/key-store';
import type { WorkspaceKeys } from './keys/workspace-keys';
import type { AccountDirectory } from './ledger/account-directory';
import type { ProcessLimits } from './ledger/gateway-process';
import type { Ledger } from './ledger/ledger';
import type { RefusalMemory } from './ledger/refusal-memory';
import type { Retention } from './ledger/retention';
import type { Settlements } from './ledger/settlements';
import type { Logger } from './log';
import type { Provider } from './providers/provider';
import type { Transport } from './providers/transport';
import type { Slots } from './slots';
import type { Database } from './store/database';

export interface Limits extends ProcessLimits {
  /** Bytes of a request body. */
  readonly bodyBytes: number;
  /** Objects, lists and further entries of either that a request body may hold, JSON text inside it included. */
  readonly bodyElements: number;
  /** Questions about a call's size that a key may have open at once. */
  readonly countsAtOnce: number;
  /** Milliseconds that a provider is listened to after the client has gone, so that the usage gets known. */
  readonly drainMs: number;
  /** Milliseconds a client may take to read what was written to it. */
  readonly slowReaderMs: number;
  /** Milliseconds between two looks at document and prompts. */
  readonly pollMs: number;
  /** Milliseconds that calls under way get when the gateway is told to stop. */
  readonly shutdownMs: number;
}

export const DEFAULT_LIMITS: Limits = {
  bodyBytes: 32 * 1024 * 1024,
  // Agents' longest conversations have some ten thousand; text, of which they mostly consist, counts as nothing.
  bodyElements: 200_000,
  // Claude Code's /context asks about each tool by itself, all at once.
  countsAtOnce: 32,
  drainMs: 30_000,
  slowReaderMs: 60_000,
  pollMs: 2_000,
  shutdownMs: 30_000,
  heartbeatMs: 5_000,
  deadAfterMs: 30_000,
  strayAfterMs: 20_000,
};

export interface Services {
  readonly settings: Settings;
  readonly limits: Limits;
  readonly logger: Logger;
  readonly documents: DocumentSource;
  readonly prompts: PromptSource;
  readonly database: Database;
  readonly keys: KeyStore;
  readonly workspaceKeys: WorkspaceKeys;
  readonly ledger: Ledger;
  readonly settlements: Settlements;
  readonly accounts: AccountDirectory;
  readonly refusals: RefusalMemory;
  readonly retention: Retention;
  readonly countSlots: Slots;
  /** Only those that are configured, by `providerKey`. */
  readonly providers: ReadonlyMap<string, Provider>;
  readonly transport: Transport;
  /** Undefined: no CODER_URL, or one that a person's token may not be sent to. */
  readonly coder: CoderClient | undefined;
  readonly now: () => Date;
}
