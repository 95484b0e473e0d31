/**
 * The environment variables the gateway reads: one table, from which they are parsed, checked and described.
 *
 * An error lists every fault at once and names variables, never the value of a secret one.
 */
import { isLevel, LEVELS, type Level } from '../../src/levels';
import { LOG_LEVELS, type LogLevel } from '../log';
import { AWS_VARIABLES } from './aws-variables';
import { didYouMean } from './did-you-mean';
import { parseEndpoints, type Endpoint } from './endpoints';
import { checkMasterKey, checkSecret, parseTemplateSecrets } from './secrets';
import { LIMIT_VARIABLES } from './limit-variables';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Variable<T> {
  readonly name: string;
  /** Other names of the same setting: of LiteLLM, of AWS. */
  readonly aliases?: readonly string[];
  /** What holds when it is not set; shown in `--help` as `unset` when there is no such value. */
  readonly fallback: T;
  readonly required?: boolean;
  readonly secret?: boolean;
  /** The secret parts of a value that is not secret as a whole. */
  secretsOf?(value: T): readonly string[];
  /** Read and checked, but nothing acts on it yet: said at start, so that nobody relies on it. */
  readonly notApplied?: boolean;
  readonly meaning: string;
  /** The default as a person would say it, where `fallback` does not say it. */
  readonly unset?: string;
  /** Throws an Error whose message completes "NAME …". */
  readonly parse: (text: string) => T;
}

const text = (value: string): string => value;

function port(value: string): number {
  const number = Number(value);
  if (!/^\d{1,5}$/.test(value) || number > 65_535)
    throw new Error(`must be a port number from 0 to 65535 (0 = any free one), not "${value}"`);
  return number;
}

function url(protocols: readonly string[]) {
  return (value: string): string => {
    const parsed = URL.canParse(value) ? new URL(value) : undefined;
    if (!parsed || !protocols.includes(parsed.protocol.slice(0, -1)))
      throw new Error(`must be a URL that starts with ${protocols.map((name) => `${name}://`).join(' or ')}`);
    return value.replace(/\/+$/, '');
  };
}

// Postgres URLs may leave out the host, which URL parsers for the web refuse.
function databaseUrl(value: string): string {
  if (!/^postgres(ql)?:\/\//.test(value)) throw new Error('must start with postgres:// or postgresql://');
  return value;
}

function oneOf<T extends string>(values: readonly T[]) {
  return (value: string): T => {
    if (!(values as readonly string[]).includes(value))
      throw new Error(`must be one of ${values.join(', ')}, not "${value}"`);
    return value as T;
  };
}

function positiveNumber(value: string): number {
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0) throw new Error(`must be a number above 0, not "${value}"`);
  return number;
}

function wholeNumber(value: string): number {
  const number = Number(value);
  if (!/^\d{1,9}$/.test(value) || number < 1)
    throw new Error(`must be a whole number from 1 to 999999999, not "${value}"`);
  return number;
}

function level(value: string): Level {
  if (!isLevel(value)) throw new Error(`must be one of ${LEVELS.join(', ')}, not "${value}"`);
  return value;
}

/** What an exhausted budget is answered with. */
const BUDGET_STATUSES = [402, 429, 400] as const;
export type BudgetStatus = (typeof BUDGET_STATUSES)[number];

function budgetStatus(value: string): BudgetStatus {
  const status = BUDGET_STATUSES.find((each) => String(each) === value);
  if (status === undefined) throw new Error(`must be one of ${BUDGET_STATUSES.join(', ')}, not "${value}"`);
  return status;
}

const variable = <T>(entry: Variable<T>): Variable<T> => entry;
const optional = <T>(entry: Omit<Variable<T | undefined>, 'fallback'>): Variable<T | undefined> => ({
  fallback: undefined,
  ...entry,
});

export const VARIABLES = {
  host: variable({
    name: 'GATEWAY_HOST',
    fallback: '127.0.0.1',
    parse: text,
    meaning: 'Address of the data listener: model calls, workspace keys, own key.',
  }),
  port: variable({
    name: 'GATEWAY_PORT',
    fallback: 4000,
    parse: port,
    meaning: 'Port of the data listener; 0 takes any free one.',
  }),
  adminHost: variable({
    name: 'GATEWAY_ADMIN_HOST',
    fallback: '127.0.0.1',
    parse: text,
    meaning: 'Address of the admin listener. Workspaces must not be able to reach it.',
  }),
  adminPort: variable({
    name: 'GATEWAY_ADMIN_PORT',
    fallback: 4001,
    parse: port,
    meaning: 'Port of the admin listener; 0 takes any free one.',
  }),
  tlsCert: optional({
    name: 'GATEWAY_TLS_CERT',
    parse: text,
    meaning: 'PEM file with the certificate chain for both listeners.',
  }),
  tlsKey: optional({
    name: 'GATEWAY_TLS_KEY',
    parse: text,
    meaning: 'PEM file with the private key for both listeners.',
  }),
  masterKey: variable({
    name: 'GATEWAY_MASTER_KEY',
    aliases: ['LITELLM_MASTER_KEY'],
    fallback: '',
    required: true,
    secret: true,
    parse: checkMasterKey,
    meaning: 'The administrator\'s key: starts with "sk-", at least 32 characters, no published default.',
  }),
  keySecret: optional({
    name: 'GATEWAY_KEY_SECRET',
    secret: true,
    unset: 'derived from the master key',
    parse: checkSecret,
    meaning: 'Secret that workspace keys are derived from, at least 32 characters.',
  }),
  keySecretPrevious: optional({
    name: 'GATEWAY_KEY_SECRET_PREVIOUS',
    secret: true,
    parse: checkSecret,
    meaning: "The key secret before the last change: keys given out under it stay the workspaces' keys.",
  }),
  databaseUrl: optional({
    name: 'DATABASE_URL',
    aliases: ['LITELLM_DATABASE_URL'],
    secret: true,
    unset: 'an embedded Postgres in GATEWAY_DATA_DIR',
    parse: databaseUrl,
    meaning: 'Postgres that holds keys and ledger.',
  }),
  dataDir: variable({
    name: 'GATEWAY_DATA_DIR',
    fallback: '.data/gateway',
    parse: text,
    meaning: 'Folder of the embedded Postgres.',
  }),
  claimSecret: optional({
    name: 'WORKSPACE_CLAIM_SECRET',
    secret: true,
    unset: 'none: workspace keys are refused',
    parse: checkSecret,
    meaning:
      'Verifies workspace claims: the value of the template variable workspace_claim_secret, at least 32 characters.',
  }),
  claimSecretPrevious: optional({
    name: 'WORKSPACE_CLAIM_SECRET_PREVIOUS',
    secret: true,
    parse: checkSecret,
    meaning: 'The claim secret before the last change, accepted too.',
  }),
  claimSecrets: variable({
    name: 'WORKSPACE_CLAIM_SECRETS',
    fallback: new Map<string, string>(),
    unset: 'none',
    secret: true,
    parse: parseTemplateSecrets,
    meaning:
      'JSON {"template name": "secret"}: such a template\'s claims are accepted with its own secret only.',
  }),
  anthropicKey: optional({
    name: 'ANTHROPIC_API_KEY',
    secret: true,
    parse: text,
    meaning: 'Key of the provider Anthropic.',
  }),
  anthropicUrl: variable({
    name: 'ANTHROPIC_BASE_URL',
    fallback: 'https://api.anthropic.com',
    parse: url(['http', 'https']),
    meaning: 'Where the provider Anthropic answers, without /v1.',
  }),
  ...AWS_VARIABLES,
  endpoints: variable({
    name: 'OPENAI_COMPATIBLE_ENDPOINTS',
    fallback: new Map<string, Endpoint>(),
    unset: 'none',
    secret: true,
    parse: parseEndpoints,
    secretsOf: (endpoints) => [...endpoints.values()].flatMap(({ apiKey }) => apiKey ?? []),
    meaning:
      'JSON {"name": {"base_url": "https://…/v1", "api_key": "…"}}: the endpoints that deployments of the provider openai-compatible name; one without a key is asked without.',
  }),
  document: optional({
    name: 'GATEWAY_CONFIG',
    unset: 'the built-in catalog and policy',
    parse: text,
    meaning: 'JSON document with models, prices and policy, as synth writes it; re-read when it changes.',
  }),
  defaultLevel: optional<Level>({
    name: 'DEFAULT_ENFORCEMENT_LEVEL',
    unset: "the document's default_level (built in: standard)",
    parse: level,
    meaning: `Enforcement level of keys that name none: ${LEVELS.join(', ')}.`,
  }),
  ownerBudget: optional({
    name: 'LITELLM_DEFAULT_USER_BUDGET',
    unset: "the policy's",
    parse: positiveNumber,
    meaning: 'US dollars a day over all keys of one person.',
  }),
  budgetStatus: variable<BudgetStatus>({
    name: 'GATEWAY_BUDGET_STATUS',
    fallback: 402,
    parse: budgetStatus,
    meaning:
      'Status of an exhausted budget: 402 stops clients with a message; 429 (as LiteLLM today) and 400 (as it once did) are for tools that look for them, see docs/errors.md.',
  }),
  defaultRpm: optional({
    name: 'LITELLM_DEFAULT_RPM',
    unset: "the policy's, by scope",
    parse: wholeNumber,
    meaning: 'Requests a minute of a key for which no administrator laid down a number, whatever its scope.',
  }),
  coderUrl: optional({
    name: 'CODER_URL',
    parse: url(['http', 'https']),
    meaning: 'Coder server: self-service keys (over https or on this machine only), liveness.',
  }),
  coderToken: optional({
    name: 'CODER_TOKEN',
    secret: true,
    parse: text,
    meaning:
      'Coder token with the scopes workspace:read, template:read and user:read, of a template admin: stopped workspaces, deleted ones, suspended people.',
  }),
  coderPollSeconds: variable({
    name: 'GATEWAY_CODER_POLL_SECONDS',
    fallback: 60,
    parse: positiveNumber,
    meaning: 'Seconds between two looks at Coder, over all gateway processes.',
  }),
  langfuseHost: optional({
    name: 'LANGFUSE_HOST',
    notApplied: true,
    parse: url(['http', 'https']),
    meaning: 'Langfuse server for traces.',
  }),
  langfusePublicKey: optional({
    name: 'LANGFUSE_PUBLIC_KEY',
    notApplied: true,
    parse: text,
    meaning: 'Langfuse public key.',
  }),
  langfuseSecretKey: optional({
    name: 'LANGFUSE_SECRET_KEY',
    secret: true,
    notApplied: true,
    parse: text,
    meaning: 'Langfuse secret key.',
  }),
  otlpEndpoint: optional({
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    notApplied: true,
    parse: url(['http', 'https']),
    meaning: 'OTLP collector for traces.',
  }),
  ...LIMIT_VARIABLES,
  logLevel: variable<LogLevel>({
    name: 'LOG_LEVEL',
    fallback: 'info',
    parse: oneOf(LOG_LEVELS),
    meaning: `Least level logged: ${LOG_LEVELS.join(', ')}.`,
  }),
} as const;

type Table = typeof VARIABLES;
export type Settings = { readonly [K in keyof Table]: Table[K] extends Variable<infer T> ? T : never };

/** All faults of an environment, one line each. */
export class EnvironmentError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The gateway's environment has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:`);
  }
}

const entries = Object.entries(VARIABLES) as [keyof Table, Variable<unknown>][];

/** Reads and checks the environment; throws an EnvironmentError that lists everything wrong with it. */
export function readSettings(environment: Environment): Settings {
  const faults: string[] = unknownNames(environment);
  const settings: Record<string, unknown> = {};
  for (const [key, entry] of entries) {
    settings[key] = entry.fallback;
    const names = [entry.name, ...(entry.aliases ?? [])];
    // An empty value is how compose files and shells spell "not set".
    const given = names.filter((name) => (environment[name] ?? '') !== '');
    const [name] = given;
    if (name === undefined) {
      if (entry.required) faults.push(`${names.join(' or ')} must be set. ${entry.meaning}`);
      continue;
    }
    if (new Set(given.map((each) => environment[each])).size > 1) {
      faults.push(`${given.join(' and ')} are the same setting and differ: set one of them.`);
      continue;
    }
    try {
      settings[key] = entry.parse(environment[name] ?? '');
    } catch (fault) {
      faults.push(`${name} ${fault instanceof Error ? fault.message : String(fault)}`);
    }
  }
  if ((settings['tlsCert'] === undefined) !== (settings['tlsKey'] === undefined))
    faults.push('GATEWAY_TLS_CERT and GATEWAY_TLS_KEY belong together: set both or neither.');
  if ((settings['awsAccessKeyId'] === undefined) !== (settings['awsSecretAccessKey'] === undefined))
    faults.push('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together: set both or neither.');
  if (faults.length > 0) throw new EnvironmentError(faults);
  return settings as Settings;
}

/** Names of variables that are set and read but that nothing acts on yet. */
export function notApplied(settings: Settings): readonly string[] {
  return entries
    .filter(([key, entry]) => entry.notApplied && settings[key] !== undefined)
    .map(([, entry]) => entry.name);
}

/** The values no log line, error or answer may contain. */
export function secretValues(settings: Settings): readonly string[] {
  return entries
    .filter(([, entry]) => entry.secret)
    .flatMap(([key, entry]) => {
      const value: unknown = settings[key];
      if (entry.secretsOf) return entry.secretsOf(value);
      if (value instanceof Map) return [...(value as Map<string, string>).values()];
      return typeof value === 'string' && value !== '' ? [value] : [];
    });
}

/** The table as `--help` shows it. */
export function describeVariables(): string {
  return entries
    .map(([, entry]) => {
      const aliases = entry.aliases ? ` (also read: ${entry.aliases.join(', ')})` : '';
      const later = entry.notApplied ? ' Accepted, not applied yet.' : '';
      return `  ${entry.name}${aliases}\n      ${entry.meaning}${later}\n      default: ${describeDefault(entry)}`;
    })
    .join('\n');
}

function describeDefault(entry: Variable<unknown>): string {
  if (entry.required) return 'none, required';
  if (entry.unset !== undefined) return entry.unset;
  return ['string', 'number', 'boolean'].includes(typeof entry.fallback) ? String(entry.fallback) : 'none';
}

// Read by `npm run keys`; whoever runs both has them set.
const OF_THE_CLI = ['GATEWAY_ADMIN_URL', 'GATEWAY_ADMIN_KEY', 'GATEWAY_ADMIN_KEY_FILE'];

// A mistyped name would leave a default in force that somebody believes to have changed.
function unknownNames(environment: Environment): string[] {
  const known = [...entries.flatMap(([, entry]) => [entry.name, ...(entry.aliases ?? [])]), ...OF_THE_CLI];
  return Object.keys(environment)
    .filter((name) => name.startsWith('GATEWAY_') && !known.includes(name))
    .map((name) => {
      const meant = didYouMean(name, known);
      return `${name} is not a setting of the gateway.${meant ? ` Did you mean ${meant}?` : ' See --help for all of them.'}`;
    });
}
