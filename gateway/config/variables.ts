/** Every environment variable the gateway reads: from this table they are parsed, checked and described. */
import { LEVELS, type Level } from '../../src/levels';
import { LOG_LEVELS, type LogLevel } from '../log';
import { ALERT_VARIABLES } from './alert-variables';
import { AWS_VARIABLES } from './aws-variables';
import { databaseUrl } from './database-url';
import { parseEndpoints, type Endpoint } from './endpoints';
import { OPENID_VARIABLES } from './openid-variables';
import { LIMIT_VARIABLES } from './limit-variables';
import { METRICS_VARIABLES } from './metrics-variables';
import { checkKeySecret, checkMasterKey, checkSecret, parseTemplateSecrets } from './secrets';
import { TRACE_VARIABLES } from './trace-variables';
import { UI_VARIABLES } from './ui-variables';
import { optional, variable } from './variable';
import {
  budgetStatus,
  credential,
  level,
  listenHost,
  oneOf,
  origins,
  port,
  positiveNumber,
  text,
  url,
  wholeNumber,
  type BudgetStatus,
} from './variable-values';

export const VARIABLES = {
  host: variable({
    name: 'GATEWAY_HOST',
    fallback: '127.0.0.1',
    parse: listenHost,
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
    parse: listenHost,
    meaning: 'Address of the admin listener. Workspaces must not be able to reach it.',
  }),
  adminPort: variable({
    name: 'GATEWAY_ADMIN_PORT',
    fallback: 4001,
    parse: port,
    meaning: 'Port of the admin listener; 0 takes any free one.',
  }),
  corsOrigins: variable<ReadonlySet<string>>({
    name: 'GATEWAY_CORS_ORIGINS',
    fallback: new Set(),
    unset: 'none: no page in a browser may ask',
    parse: origins,
    meaning:
      'Origins by commas ("https://chat.example.com") whose pages may ask the data listener from a browser.',
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
  masterKeyPrevious: optional({
    name: 'GATEWAY_MASTER_KEY_PREVIOUS',
    secret: true,
    parse: checkMasterKey,
    meaning:
      'The master key before the last change, accepted too; how often it is still used is counted ("secrets show").',
  }),
  keySecret: optional({
    name: 'GATEWAY_KEY_SECRET',
    secret: true,
    unset: 'derived from the master key',
    parse: checkKeySecret,
    meaning: 'Secret that workspace keys are derived from, at least 32 characters.',
  }),
  keySecretPrevious: optional({
    name: 'GATEWAY_KEY_SECRET_PREVIOUS',
    secret: true,
    parse: checkKeySecret,
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
  databaseUrlPrevious: optional({
    name: 'DATABASE_URL_PREVIOUS',
    secret: true,
    parse: databaseUrl,
    meaning:
      'The same database with the user or password before a change, or after one that is to come: tried when DATABASE_URL is refused.',
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
  ...OPENID_VARIABLES,
  anthropicKey: optional({
    name: 'ANTHROPIC_API_KEY',
    secret: true,
    parse: credential,
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
    unset: 'what was published (contractor-workspace document publish)',
    parse: text,
    meaning:
      'JSON document with models, prices and policy, as synth writes it; re-read when it changes. Nothing can be published then.',
  }),
  firstDocument: optional({
    name: 'GATEWAY_FIRST_DOCUMENT',
    unset: 'the built-in catalog and policy',
    parse: text,
    meaning: 'Such a document, which is published at a start where nothing has been published yet.',
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
      'Status of an exhausted budget: 402 stops clients with a message; 422 (as LiteLLM from 1.104 on), 429 (from 1.83) and 400 (before) are for tools that look for them, see docs/errors.md.',
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
    parse: credential,
    meaning:
      'Coder token with the scopes workspace:read, template:read and user:read, of a template admin: stopped workspaces, deleted ones, suspended people.',
  }),
  coderPollSeconds: variable({
    name: 'GATEWAY_CODER_POLL_SECONDS',
    fallback: 60,
    parse: positiveNumber,
    meaning: 'Seconds between two looks at Coder, over all gateway processes.',
  }),
  ...METRICS_VARIABLES,
  ...ALERT_VARIABLES,
  ...TRACE_VARIABLES,
  ...UI_VARIABLES,
  ...LIMIT_VARIABLES,
  logLevel: variable<LogLevel>({
    name: 'LOG_LEVEL',
    fallback: 'info',
    parse: oneOf(LOG_LEVELS),
    meaning: `Least level logged: ${LOG_LEVELS.join(', ')}.`,
  }),
} as const;
