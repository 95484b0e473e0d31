/** The credentials AWS has given out: which there are, and until when. */
import { randomBytes } from 'node:crypto';
import type { KnownKey } from './signature';

export interface IssuedKey extends KnownKey {
  readonly accessKeyId: string;
}

export class KeyRing {
  readonly #keys = new Map<string, IssuedKey>();

  /** @param expires milliseconds since the epoch; without one a key for good, which has no session token */
  issue(expires?: number): IssuedKey {
    const name = randomBytes(8).toString('hex').toUpperCase();
    const key: IssuedKey = {
      accessKeyId: `${expires === undefined ? 'AKIA' : 'ASIA'}${name}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: expires === undefined ? undefined : randomBytes(48).toString('base64'),
      expires: expires ?? Infinity,
    };
    this.#keys.set(key.accessKeyId, key);
    return key;
  }

  find(accessKeyId: string): IssuedKey | undefined {
    return this.#keys.get(accessKeyId);
  }

  /** From now on AWS knows none of those it gave out. */
  forget(): void {
    this.#keys.clear();
  }
}
