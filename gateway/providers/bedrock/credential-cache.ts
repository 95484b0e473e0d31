/** Keeps AWS credentials that expire: asks for new ones in good time, once for all calls that wait. */
import { GatewayError } from '../../errors';
import { describeFault, type Logger } from '../../log';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Undefined: they do not expire. */
  readonly expiration?: Date;
}

export type CredentialSource = () => Promise<AwsCredentials>;

/** Milliseconds before the end at which new ones are asked for; AWS has them ready by then. */
const EARLY_MS = 5 * 60_000;
/** Milliseconds before the end from which calls wait for new ones: a call takes its time, and clocks differ. */
const LATE_MS = 60_000;
/** Milliseconds for which a failed question is not asked again, so that an outage costs one question, not one a call. */
const PAUSE_MS = 5_000;
/** Milliseconds; the sources have limits of their own for each of their questions. */
const LIMIT_MS = 10_000;

export class CredentialCache {
  #current: AwsCredentials | undefined;
  #askedAt = -Infinity;
  #asking: Promise<AwsCredentials> | undefined;
  #failure: GatewayError | undefined;

  constructor(
    readonly source: CredentialSource,
    readonly logger: Logger,
    readonly now: () => number = Date.now,
  ) {}

  /** Rejects with `provider_credentials` when there are none to be had. */
  async get(): Promise<AwsCredentials> {
    const current = this.#current;
    const leftMs = current ? (current.expiration?.getTime() ?? Infinity) - this.now() : -Infinity;
    if (current && leftMs > EARLY_MS) return current;
    const next = this.#next();
    if (!current || leftMs <= 0) return next;
    // What is still good serves on, however the question ends.
    const asked = next.catch(() => current);
    return leftMs > LATE_MS ? current : asked;
  }

  /** AWS refused them before their time, so the next call asks for new ones. */
  discard(): void {
    if (this.now() - this.#askedAt >= PAUSE_MS) this.#current = undefined;
  }

  #next(): Promise<AwsCredentials> {
    if (this.#asking) return this.#asking;
    if (this.#failure && this.now() - this.#askedAt < PAUSE_MS) return Promise.reject(this.#failure);
    this.#askedAt = this.now();
    this.#asking = this.#ask().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #ask(): Promise<AwsCredentials> {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('no answer in time')), LIMIT_MS);
    });
    try {
      const asked = await Promise.race([this.source(), tooLong]);
      this.#failure = undefined;
      this.#current = asked;
      return asked;
    } catch (fault) {
      this.logger.error('no AWS credentials to be had', describeFault(fault));
      this.#failure = new GatewayError('provider_credentials', {
        message: 'The gateway has no credentials for AWS just now. An administrator has to check them.',
        cause: fault,
      });
      throw this.#failure;
    } finally {
      clearTimeout(timer);
    }
  }
}
