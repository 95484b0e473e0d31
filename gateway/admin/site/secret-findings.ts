/** What is wrong with the secrets that the gateway works with: names and reasons, never a value. */
import { namedSecrets, type Settings } from '../../config/environment';
import { refusePlaceholder } from '../../config/placeholder';
import { refusePublished, sharedSecrets, type SecretValue } from '../../config/secrets';

export interface SecretFinding {
  readonly variable: string;
  /** Completes "NAME …", or is a sentence of its own. */
  readonly says: string;
  readonly severity: 'fault' | 'warning' | 'note';
}

/** Characters of a password to a store that only somebody who may connect can try. */
const SHORT_PASSWORD = 12;
/** Of images and examples of Postgres, and what people write first. */
const USUAL = [
  'postgres',
  'password',
  'passw0rd',
  'admin',
  'secret',
  'gateway',
  'litellm',
  'llmproxy',
  'coder',
];

export function secretFindings(settings: Settings): readonly SecretFinding[] {
  const secrets = namedSecrets(settings).filter(({ variable }) => variable !== 'DATABASE_URL');
  const password = passwordIn(settings.databaseUrl);
  const all: SecretValue[] =
    password === undefined ? [...secrets] : [...secrets, { variable: 'DATABASE_URL', value: password }];
  return [
    ...all.flatMap(weakness),
    ...sharedSecrets(all).map((says) => ({ variable: 'several', says, severity: 'fault' as const })),
    ...(password === undefined ? [] : passwordFindings(password)),
    ...settled(settings),
  ];
}

function weakness({ variable, part, value }: SecretValue): SecretFinding[] {
  try {
    refusePublished(value, 'make another');
    refusePlaceholder(value);
    return [];
  } catch (fault) {
    const name = part === undefined ? variable : `${variable} for ${part}`;
    return [{ variable, says: `${name} ${(fault as Error).message}`, severity: 'fault' }];
  }
}

function passwordFindings(password: string): SecretFinding[] {
  const variable = 'DATABASE_URL';
  if (USUAL.includes(password.toLowerCase()))
    return [
      { variable, says: 'the password in DATABASE_URL is one that everybody tries first', severity: 'fault' },
    ];
  if (password.length >= SHORT_PASSWORD) return [];
  const says = `the password in DATABASE_URL has only ${password.length} characters`;
  return [{ variable, says, severity: 'warning' }];
}

/** What was left as it is while something is changed, or never set. */
function settled({ keySecret, keySecretPrevious, claimSecretPrevious, claimSecret, claimSecrets }: Settings) {
  const found: SecretFinding[] = [];
  if (keySecret === undefined)
    found.push({
      variable: 'GATEWAY_KEY_SECRET',
      says: 'GATEWAY_KEY_SECRET is not set: a new master key would give every workspace a new key',
      severity: 'note',
    });
  for (const [variable, value] of [
    ['GATEWAY_KEY_SECRET_PREVIOUS', keySecretPrevious],
    ['WORKSPACE_CLAIM_SECRET_PREVIOUS', claimSecretPrevious],
  ] as const)
    if (value !== undefined)
      found.push({
        variable,
        says: `${variable} is still set: the former secret is taken too`,
        severity: 'note',
      });
  if (claimSecret === undefined && claimSecrets.size === 0)
    found.push({
      variable: 'WORKSPACE_CLAIM_SECRET',
      says: 'no claim secret is set: workspaces get no keys',
      severity: 'fault',
    });
  return found;
}

/** Undefined: there is none, as with a socket whose owner is known. */
function passwordIn(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  try {
    // A socket's has no host, which no other URL with a user may lack.
    const { password, searchParams } = new URL(url.replace('@/', '@localhost/'));
    const found = searchParams.get('password') ?? decodeURIComponent(password);
    return found === '' ? undefined : found;
  } catch {
    // An address that only the driver understands.
    return undefined;
  }
}
