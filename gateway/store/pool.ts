/** Pools of connections to the store, which go on finding a way in while its password is changed. */
import { Pool, type PoolClient, type PoolConfig } from 'pg';

/** Plain data: a thread gets it, too. */
export interface StoreConnection extends PoolConfig {
  /** The same database by another user or password, for when the first one is refused. May hold a password. */
  readonly previousUrl?: string | undefined;
}

/** SQLSTATE of a wrong password, and of a user who is not let in. */
const REFUSED = ['28P01', '28000'];
/** The way may change under a try, since others try too: that one then went the former way once more. */
const MOST_TRIES = 3;

type Done = (fault: Error | undefined, client: PoolClient | undefined, release: () => void) => void;

/** Tries the way that worked last, and then the other. */
class TwoWays extends Pool {
  #isOnPrevious = false;
  readonly #ways: readonly [string | undefined, string];

  constructor({ previousUrl, ...config }: StoreConnection & { readonly previousUrl: string }) {
    super(config);
    this.#ways = [config.connectionString, previousUrl];
  }

  get isOnPrevious(): boolean {
    return this.#isOnPrevious;
  }

  override connect(): Promise<PoolClient>;
  override connect(done: Done): void;
  override connect(done?: Done): Promise<PoolClient> | void {
    const connecting = this.#connect();
    if (done === undefined) return connecting;
    connecting.then(
      (client) => done(undefined, client, () => client.release()),
      (fault: Error) => done(fault, undefined, () => {}),
    );
  }

  async #connect(): Promise<PoolClient> {
    let first: unknown;
    for (let tries = 1; ; tries += 1) {
      const began = this.#isOnPrevious;
      try {
        return await super.connect();
      } catch (fault) {
        first ??= fault;
        const isRefused = REFUSED.includes(String((fault as { code?: unknown }).code));
        if (!isRefused || tries === MOST_TRIES) throw first;
        // Whoever was refused at the same time has turned already.
        if (this.#isOnPrevious === began) this.#turn();
      }
    }
  }

  /** Connections are made with what the options say at that moment. */
  #turn(): void {
    this.#isOnPrevious = !this.#isOnPrevious;
    this.options.connectionString = this.#ways[this.#isOnPrevious ? 1 : 0];
  }
}

export function openPool(connection: StoreConnection, options: PoolConfig): Pool {
  const { previousUrl, ...plain } = connection;
  const config = { ...options, ...plain };
  return previousUrl === undefined ? new Pool(config) : new TwoWays({ ...config, previousUrl });
}

/** Whether it was let in last by the former user or password. */
export const isOnPrevious = (pool: Pool): boolean => pool instanceof TwoWays && pool.isOnPrevious;
