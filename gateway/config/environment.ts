/**
 * The gateway's settings, as its environment gives them.
 *
 * An error lists every fault at once and names variables, never the value of a secret one.
 */
import { cut } from '../model/cut';
import { placeOf } from './database-url';
import { didYouMean } from './did-you-mean';
import { openIdFaults } from './openid-variables';
import { fileVariableOf, withSecretFiles } from './secret-files';
import { sharedSecrets, type SecretValue } from './secrets';
import type { Variable } from './variable';
import { VARIABLES } from './variables';

export type Environment = Readonly<Record<string, string | undefined>>;

type Table = typeof VARIABLES;
export type Settings = { readonly [K in keyof Table]: Table[K] extends Variable<infer T> ? T : never };

/** All faults of an environment, one line each. */
export class EnvironmentError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The gateway's environment has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:`);
  }
}

const entries = Object.entries(VARIABLES) as [keyof Table, Variable<unknown>][];
const namesOf = ({ name, aliases = [] }: Variable<unknown>): readonly string[] => [name, ...aliases];

/** Of those that may be given by a file; one of AWS's has such a variable of its own, with another meaning. */
const ofFiles = entries
  .filter(([, { secret }]) => secret)
  .flatMap(([, entry]) => namesOf(entry))
  .filter((name) => !entries.some(([, entry]) => entry.name === fileVariableOf(name)));

/** Reads and checks the environment; throws an EnvironmentError that lists everything wrong with it. */
export function readSettings(asGiven: Environment): Settings {
  const { environment, unread, faults: unreadFaults } = withSecretFiles(asGiven, ofFiles);
  const faults: string[] = [...unknownNames(asGiven), ...unreadFaults];
  const settings: Record<string, unknown> = {};
  const secrets: SecretValue[] = [];
  const isSet = new Set<keyof Table>();
  for (const [key, entry] of entries) {
    settings[key] = entry.fallback;
    const names = namesOf(entry);
    // An empty value is how compose files and shells spell "not set".
    const given = names.filter((name) => (environment[name] ?? '') !== '');
    const [name] = given;
    if (name === undefined) {
      if (entry.required && !names.some((each) => unread.has(each)))
        faults.push(`${names.join(' or ')} must be set. ${entry.meaning}`);
      continue;
    }
    isSet.add(key);
    if (new Set(given.map((each) => environment[each])).size > 1) {
      faults.push(`${given.join(' and ')} are the same setting and differ: set one of them.`);
      continue;
    }
    try {
      settings[key] = entry.parse(environment[name] ?? '');
      secrets.push(...secretsIn(entry, settings[key], name));
    } catch (fault) {
      faults.push(`${name} ${fault instanceof Error ? fault.message : String(fault)}`);
    }
  }
  for (const [one, other] of PAIRS)
    if (isSet.has(one) !== isSet.has(other)) {
      const [set, missing] = isSet.has(one) ? [one, other] : [other, one];
      faults.push(
        `${VARIABLES[one].name} and ${VARIABLES[other].name} belong together: set both or neither; only ${VARIABLES[set].name} is set, ${VARIABLES[missing].name} is not.`,
      );
    }
  faults.push(...sharedSecrets(secrets));
  if (faults.length === 0) faults.push(...previousFaults(settings as Settings));
  faults.push(...tooNarrow(settings as Settings), ...samePort(settings as Settings));
  // One whose file could not be read is said already.
  faults.push(
    ...openIdFaults((key) => isSet.has(key) || namesOf(VARIABLES[key]).some((name) => unread.has(name))),
  );
  if (faults.length > 0) throw new EnvironmentError(faults);
  return settings as Settings;
}

/** What is of no use without the other. */
const PAIRS = [
  ['tlsCert', 'tlsKey'],
  ['awsAccessKeyId', 'awsSecretAccessKey'],
  ['alertSmtpUrl', 'alertMailFrom'],
  ['alertSmtpUrl', 'alertMailTo'],
  ['langfusePublicKey', 'langfuseSecretKey'],
  ['langfuseHost', 'langfuseSecretKey'],
] as const satisfies readonly (readonly [keyof Table, keyof Table])[];

/** What stands beside the new value of a secret while it is changed, and would do harm as it is. */
function previousFaults(settings: Settings): string[] {
  const { masterKeyPrevious, keySecret, databaseUrl, databaseUrlPrevious } = settings;
  const faults: string[] = [];
  if (masterKeyPrevious !== undefined && keySecret === undefined)
    faults.push(
      `${VARIABLES.keySecret.name} must be set beside ${VARIABLES.masterKeyPrevious.name}: without it workspace keys are derived from the master key, and would all change with it. "contractor-workspace secrets rotate master" writes the one that keeps them.`,
    );
  if (databaseUrlPrevious === undefined) return faults;
  const [url, previous] = [VARIABLES.databaseUrl.name, VARIABLES.databaseUrlPrevious.name];
  if (databaseUrl === undefined)
    return [...faults, `${previous} is of no use without ${url}: the embedded Postgres has no password.`];
  const [one, other] = [placeOf(databaseUrl), placeOf(databaseUrlPrevious)];
  if (one.server !== other.server || one.database !== other.database)
    faults.push(
      `${previous} must lead to the database of ${url} (${one.server}, "${one.database}"), and leads to ${other.server}, "${other.database}": only user and password may differ.`,
    );
  return faults;
}

const EVERY_ADDRESS = ['0.0.0.0', '::', '[::]'];

/** Two listeners cannot have one port of one address; said here, since the second would only find it in use. */
function samePort({ host, port, adminHost, adminPort }: Settings): string[] {
  const isShared = host === adminHost || [host, adminHost].some((each) => EVERY_ADDRESS.includes(each));
  if (port === 0 || port !== adminPort || !isShared) return [];
  return [
    `${VARIABLES.port.name} and ${VARIABLES.adminPort.name} are both ${port}: each listener needs a port of its own.`,
  ];
}

/** A body of the largest size would never be taken. */
function tooNarrow({ bodyBytes, keyBodiesBytes, bodiesBytes }: Settings): string[] {
  const { bodyBytes: body, keyBodiesBytes: ofKey, bodiesBytes: ofAll } = VARIABLES;
  return [
    ...(keyBodiesBytes < bodyBytes
      ? [
          `${ofKey.name} (${keyBodiesBytes}) must not be less than ${body.name} (${bodyBytes}): raise it, or lower that.`,
        ]
      : []),
    ...(bodiesBytes < 2 * bodyBytes
      ? [
          `${ofAll.name} (${bodiesBytes}) must be twice ${body.name} (${bodyBytes}) at least: raise it, or lower that.`,
        ]
      : []),
  ];
}

/** The values no log line, error or answer may contain. */
export function secretValues(settings: Settings): readonly string[] {
  return namedSecrets(settings).map(({ value }) => value);
}

/** The values that open something, by the variables that hold them. */
export const namedSecrets = (settings: Settings): readonly SecretValue[] =>
  entries.flatMap(([key, entry]) => secretsIn(entry, settings[key]));

/** @param variable the one of its names that it was set by */
function secretsIn(entry: Variable<unknown>, value: unknown, variable = entry.name): SecretValue[] {
  if (!entry.secret) return [];
  if (entry.secretsOf) return entry.secretsOf(value).map((secret) => ({ variable, value: secret }));
  if (value instanceof Map)
    return [...(value as Map<string, string>)].map(([template, secret]) => ({
      variable,
      part: `template "${template}"`,
      value: secret,
    }));
  return typeof value === 'string' && value !== '' ? [{ variable, value }] : [];
}

// Read by `npm run keys`; whoever runs both has them set.
const OF_THE_CLI = ['GATEWAY_ADMIN_URL', 'GATEWAY_ADMIN_KEY', 'GATEWAY_ADMIN_KEY_FILE'];

/** Beginnings of names that nobody but the gateway reads. */
const OURS = ['GATEWAY_', 'ALERT_'];
/** Of names that other programs read, too: what is not known may be meant for them. */
const SHARED = ['OTEL_', 'LANGFUSE_'];
/** Sentences about names that are not read, at most. */
const MOST_UNREAD = 20;

const knownNames = (): string[] => [
  ...entries.flatMap(([, entry]) => namesOf(entry)),
  ...ofFiles.map(fileVariableOf),
  ...OF_THE_CLI,
];

// A mistyped name would leave a default in force that somebody believes to have changed.
function unknownNames(environment: Environment): string[] {
  const known = knownNames();
  return Object.keys(environment)
    .filter((name) => OURS.some((prefix) => name.startsWith(prefix)) && !known.includes(name))
    .map((name) => {
      const meant = didYouMean(name, known);
      return `${name} is not a setting of the gateway.${meant ? ` Did you mean ${meant}?` : ' See --help for all of them.'}`;
    });
}

/**
 * Sentences about variables of OpenTelemetry's and Langfuse's names that the gateway does not read. Their SDKs pass over such
 * ones in silence; so a mistyped one is said at start, and keeps nothing from starting.
 */
export function unreadNames(environment: Environment): string[] {
  const known = knownNames();
  return Object.keys(environment)
    .filter((name) => SHARED.some((prefix) => name.startsWith(prefix)) && !known.includes(name))
    .slice(0, MOST_UNREAD)
    .map((name) => {
      const shown = cut(name, LONGEST_NAME);
      const meant = didYouMean(shown, known, MOST_WRONG);
      return `${shown} is not read by the gateway.${meant ? ` Did you mean ${meant}?` : ''}`;
    });
}

/** Letters that may be wrong: these names have much in common. */
const MOST_WRONG = 3;
const LONGEST_NAME = 128;
