/** What a secret has to look like. The messages never contain the value. */
import { refusePlaceholder } from './placeholder';

const SHORTEST = 32;
const MAKE_ONE = 'make one with: echo "sk-$(openssl rand -hex 32)"';
const MAKE_SECRET = 'make one with: openssl rand -hex 32';

// Values that stand in public repositories and documents, and their marks.
const PUBLISHED = ['sk-1234', 'sk-poc-litellm-master-key'];
const PUBLISHED_MARKS = ['change-in-production', 'changeme', 'change-me', 'sk-poc-litellm'];

/**
 * Variables whose values open something here, each for other people: an administrator, a template, the gateway alone. So
 * none is like another of them, and none is like a secret that somebody else made and knows, such as a provider's key.
 */
const OF_THE_GATEWAY = [
  'GATEWAY_MASTER_KEY',
  'LITELLM_MASTER_KEY',
  'GATEWAY_KEY_SECRET',
  'GATEWAY_KEY_SECRET_PREVIOUS',
  'WORKSPACE_CLAIM_SECRET',
  'WORKSPACE_CLAIM_SECRET_PREVIOUS',
  'WORKSPACE_CLAIM_SECRETS',
];

export interface SecretValue {
  /** As it is set. */
  readonly variable: string;
  /** Which of several in that variable. */
  readonly part?: string;
  readonly value: string;
}

/** A fault for each two secrets that must differ and are the same. */
export function sharedSecrets(secrets: readonly SecretValue[]): string[] {
  const isOurs = ({ variable }: SecretValue): boolean => OF_THE_GATEWAY.includes(variable);
  const nameOf = ({ variable, part }: SecretValue): string =>
    part === undefined ? variable : `${variable} for ${part}`;
  const seen = new Map<string, SecretValue>();
  const faults: string[] = [];
  for (const secret of [...secrets].sort((a, b) => Number(isOurs(b)) - Number(isOurs(a)))) {
    const other = seen.get(secret.value);
    if (other === undefined) seen.set(secret.value, secret);
    else if (isOurs(other))
      faults.push(
        `${nameOf(other)} and ${nameOf(secret)} have the same value, so that whoever learns one has both. ` +
          `Each must be a secret of its own; ${MAKE_SECRET} (the master key with "sk-" before it).`,
      );
  }
  return faults;
}

/** @throws Error whose message completes "NAME …" */
export function refusePublished(value: string, remedy: string): void {
  const plain = value.toLowerCase();
  if (PUBLISHED.includes(plain) || PUBLISHED_MARKS.some((mark) => plain.includes(mark)))
    throw new Error(`is a published default that everybody knows; ${remedy}`);
}

function refuseShort(value: string, remedy: string): void {
  if (value.length < SHORTEST)
    throw new Error(`must be at least ${SHORTEST} characters long, this one has ${value.length}; ${remedy}`);
  // Length alone is no strength: thirty-two times the same letter is guessed first.
  if (new Set(value).size < 8) throw new Error(`repeats too few characters to be a secret; ${remedy}`);
}

/** A master key: starts with `sk-`, long enough, not one that is printed in a document. */
export function checkMasterKey(value: string): string {
  refusePublished(value, MAKE_ONE);
  refusePlaceholder(value);
  if (!/^[\x21-\x7e]*$/.test(value))
    throw new Error('must be printable ASCII without blanks: clients send it in a header');
  if (!value.startsWith('sk-')) throw new Error(`must start with "sk-"; ${MAKE_ONE}`);
  refuseShort(value, MAKE_ONE);
  return value;
}

export function checkSecret(value: string): string {
  refusePublished(value, MAKE_SECRET);
  refusePlaceholder(value);
  refuseShort(value, MAKE_SECRET);
  return value;
}

/** `{"template name": "secret"}`; each secret for one template. */
export function parseTemplateSecrets(value: string): Map<string, string> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    // The parser's own message quotes the text it stumbled over, which is secret here.
    throw new Error('must be a JSON object {"template name": "secret"}, and is not valid JSON');
  }
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed))
    throw new Error('must be a JSON object {"template name": "secret"}');
  const secrets = new Map<string, string>();
  for (const [template, secret] of Object.entries(parsed)) {
    if (typeof secret !== 'string')
      throw new Error(`must give template "${template}" a string as its secret`);
    try {
      checkSecret(secret);
    } catch (fault) {
      throw new Error(`for template "${template}": ${(fault as Error).message}`);
    }
    if ([...secrets.values()].includes(secret))
      throw new Error('must give every template a secret of its own');
    secrets.set(template, secret);
  }
  return secrets;
}
