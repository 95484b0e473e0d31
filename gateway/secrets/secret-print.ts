/** What tells one secret from another without leading to it: shown, stored and compared in its place. */
import { hash, scrypt } from 'node:crypto';

export type SecretName = 'master' | 'claim' | 'key' | 'database';

/** Digits of 4 bits: enough that two secrets of one site do not have the same. */
const DIGITS = 12;

/** Of a secret too long to be guessed, as the settings see to it. */
export const printOf = (name: SecretName, secret: string | Buffer): string =>
  hash('sha256', Buffer.concat([Buffer.from(`print|${name}|`), Buffer.from(secret)]), 'hex').slice(0, DIGITS);

/** Of a password that somebody may have chosen: some hundred thousand times as dear to guess by. */
export const slowPrintOf = (name: SecretName, secret: string): Promise<string> =>
  new Promise((done, failed) =>
    scrypt(secret, `print|${name}|`, DIGITS / 2, (fault, print) =>
      fault === null ? done(print.toString('hex')) : failed(fault),
    ),
  );
