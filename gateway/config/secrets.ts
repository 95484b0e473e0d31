/** What a secret has to look like. The messages never contain the value. */

const SHORTEST = 32;
const MAKE_ONE = 'make one with: echo "sk-$(openssl rand -hex 32)"';
const MAKE_SECRET = 'make one with: openssl rand -hex 32';

// Values that stand in public repositories and documents, and their marks.
const PUBLISHED = ['sk-1234', 'sk-poc-litellm-master-key'];
const PUBLISHED_MARKS = ['change-in-production', 'changeme', 'change-me', 'sk-poc-litellm'];

function refusePublished(value: string, remedy: string): void {
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
  if (!value.startsWith('sk-')) throw new Error(`must start with "sk-"; ${MAKE_ONE}`);
  refuseShort(value, MAKE_ONE);
  return value;
}

export function checkSecret(value: string): string {
  refusePublished(value, MAKE_SECRET);
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
