/** Why the Postgres of DATABASE_URL cannot be used, said with what to do. Never with the password. */
import { types } from 'node:util';
import { placeOf, type DatabasePlace } from '../config/database-url';
import { GatewayError } from '../errors';

/** The store that the settings name cannot be used; the message is all there is to say. */
export class StoreError extends Error {}

/** Major version of Postgres: the oldest that its makers still mend. */
export const OLDEST_POSTGRES = 15;

const ESCAPES = 'in a URL, @ : / ? # % within them are written %40 %3A %2F %3F %23 %25';
const STARTS = 'Start it, or mend host and port.';

type Says = (place: DatabasePlace, message: string) => string;

const UNTRUSTED: Says = ({ server }, message) =>
  `the certificate of ${server} is not trusted (${message}). Name the one that signed it: ?sslmode=verify-full&sslrootcert=/path/ca.pem`;
const NO_ANSWER: Says = ({ server }) =>
  `${server} gives no answer. Mend host and port, or what lies between (a firewall, a network that this machine is not in).`;
const NO_HOST: Says = ({ server }) =>
  `the host of ${server} is not known by that name here. Mend the name; within Compose it is the service's, from outside the machine's.`;

/** By SQLSTATE, or by the code of the system or of TLS. */
const BY_CODE: Readonly<Record<string, Says>> = {
  '28P01': ({ server, user }) =>
    `${server} refuses user "${user}" with this password. Mend user or password; ${ESCAPES}.`,
  '28000': ({ server, user, database }, message) =>
    /no encryption|SSL off/i.test(message)
      ? `${server} takes user "${user}" for database "${database}" over TLS only. Add ?sslmode=verify-full.`
      : `${server} does not let user "${user}" in: ${message}. Mend the user, or the server's pg_hba.conf.`,
  '3D000': ({ server, database }) =>
    `there is no database "${database}" on ${server}. Mend the name after the last "/", or make it: create database "${database}"`,
  '42501': ({ user, database }) =>
    `user "${user}" may not make tables in database "${database}". Let it: grant create on schema public to "${user}"`,
  '3F000': ({ user, database }) =>
    `database "${database}" has no schema to make tables in. Make one: create schema authorization "${user}"`,
  '25006': ({ server }) => `${server} is read-only, as a standby is. Name the primary.`,
  '53300': ({ server }) => `${server} has no connection left. Give it more (max_connections), or end some.`,
  '57P03': ({ server }) => `${server} is just starting or stopping. Try again in a moment.`,
  ECONNREFUSED: ({ server }) => `nothing listens at ${server}. ${STARTS}`,
  ENOENT: ({ server }, message) =>
    message.includes('connect')
      ? `there is no socket of a server at ${server}. ${STARTS}`
      : `a file that it names cannot be read: ${message}.`,
  ENOTFOUND: NO_HOST,
  EAI_AGAIN: NO_HOST,
  ETIMEDOUT: NO_ANSWER,
  EHOSTUNREACH: NO_ANSWER,
  ENETUNREACH: NO_ANSWER,
  ECONNRESET: ({ server }) =>
    `what listens at ${server} hangs up: it may be no Postgres, or let nobody in from here. Mend host and port.`,
  ERR_TLS_CERT_ALTNAME_INVALID: ({ server }) =>
    `the certificate of ${server} is one for another name. Use the name it is for.`,
  CERT_HAS_EXPIRED: ({ server }) => `the certificate of ${server} has expired. Have it renewed.`,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
};

/** What the driver says without a code. */
const BY_MESSAGE: readonly [RegExp, Says][] = [
  [
    /does not support SSL/i,
    ({ server }) =>
      `${server} speaks no TLS, which sslmode asks for. Set up TLS there, or set sslmode=disable.`,
  ],
  [/timeout|timed out/i, NO_ANSWER],
  [
    /connection terminated|received unexpected|there was an error establishing an ssl/i,
    ({ server }) => `what listens at ${server} does not answer as Postgres does. Mend host and port.`,
  ],
  [
    /client password must be a string|no password/i,
    ({ server, user }) => `${server} wants a password of user "${user}", and the URL has none.`,
  ],
];

/** @returns the fault as a StoreError where it is about the set-up; anything else as it is */
export function explainConnection(fault: unknown, url: string): unknown {
  const cause = fault instanceof GatewayError ? fault.cause : fault;
  if (!types.isNativeError(cause)) return fault;
  const { code } = cause as { code?: unknown };
  const says =
    (typeof code === 'string' ? BY_CODE[code] : undefined) ??
    BY_MESSAGE.find(([words]) => words.test(cause.message))?.[1];
  if (says === undefined) return fault;
  return new StoreError(`DATABASE_URL: ${says(placeOf(url), cause.message)}`, { cause: fault });
}

/** @param versionNumber as `server_version_num` has it: 150004. @throws StoreError for one that is too old */
export function checkVersion(versionNumber: number, url: string): void {
  const major = Math.floor(versionNumber / 10_000);
  if (major >= OLDEST_POSTGRES) return;
  throw new StoreError(
    `DATABASE_URL: ${placeOf(url).server} is Postgres ${major}, which is too old: the gateway needs ${OLDEST_POSTGRES} or newer.`,
  );
}
