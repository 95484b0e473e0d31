/** The platform's secrets: made once, kept in one file that its owner alone may read. */
import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { OutlinedSecret } from '../constructs/platform/platform-outline';
import { CliError } from '../terminal/fault';
import { replaceFile } from './folder';

/** Bytes; a secret has some dozen. */
const LONGEST_FILE = 256 * 1024;
const LONGEST_SECRET = 16 * 1024;

const hex = (): string => randomBytes(32).toString('hex');

/** Those that have to look like something; every other one that is made is 64 hex digits. */
const FORMS: Readonly<Record<string, () => string>> = {
  gateway_master_key: () => `sk-${hex()}`,
  langfuse_public_key: () => `pk-lf-${randomBytes(16).toString('hex')}`,
  langfuse_secret_key: () => `sk-lf-${hex()}`,
};

/** Those that somebody else has made: a provider, the site. */
const GIVEN =
  /^(anthropic_api_key|aws_(access_key_id|secret_access_key)|openai_compatible_endpoints|alert_(webhook_url|smtp_url|channels)|otlp_headers|site_langfuse_(public|secret)_key|collector_credential)$|_client_secret$|_database_url$/;

/** Kept beside the stack's variables: what is needed to administer Coder. */
export const CODER_ADMIN_PASSWORD = 'coder_admin_password';
export const CODER_ADMIN_TOKEN = 'coder_admin_token';
export const CODER_TOKEN = 'coder_token';

export type Secrets = Readonly<Record<string, string>>;

export const isGiven = ({ name }: OutlinedSecret): boolean => GIVEN.test(name);
export const newSecret = (name: string): string => FORMS[name]?.() ?? hex();

/** @returns nothing when there is no such file @throws CliError when others may read it, or it is none of ours */
export function readSecrets(path: string): Secrets | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (!stat.isFile()) throw new CliError(`${path} is no plain file: move it away, or name another --folder.`);
  if ((stat.mode & 0o077) !== 0)
    throw new CliError(
      `${path} can be read by others (mode ${(stat.mode & 0o777).toString(8)}): chmod 600 ${path}, and replace its secrets if somebody may have read them.`,
    );
  if (stat.size > LONGEST_FILE) throw new CliError(`${path} is too long for a file of secrets: look at it.`);
  const broken = new CliError(
    `${path} is no file of secrets (a JSON object of texts): put back the one that was there; the data of this platform is protected by it.`,
  );
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(path, 'utf8'));
  } catch (fault) {
    if (fault instanceof SyntaxError) throw broken;
    throw fault;
  }
  if (read === null || typeof read !== 'object' || Array.isArray(read)) throw broken;
  for (const value of Object.values(read)) if (typeof value !== 'string') throw broken;
  return read as Secrets;
}

export const writeSecrets = (path: string, secrets: Secrets): void =>
  replaceFile(path, `${JSON.stringify(secrets, null, 2)}\n`);

/**
 * What the environment has for a secret: `NAME`, the file that `NAME_FILE` names, or Terraform's own `TF_VAR_name`.
 *
 * @throws CliError when the file cannot be read
 */
export function fromEnvironment(
  name: string,
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const variable = name.toUpperCase();
  const file = environment[`${variable}_FILE`];
  if (file) {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (!stat?.isFile() || stat.size > LONGEST_SECRET)
      throw new CliError(`${variable}_FILE must name a file with the secret, got "${file.slice(0, 500)}".`);
    return trimmed(readFileSync(file, 'utf8'), `${variable}_FILE`);
  }
  const value = environment[variable] || environment[`TF_VAR_${name}`];
  return value ? trimmed(value, variable) : undefined;
}

function trimmed(text: string, where: string): string {
  const value = text.trim();
  if (value.length > LONGEST_SECRET || /[\0\r\n]/.test(value))
    throw new CliError(`${where} must hold one line with the secret, and it does not.`);
  return value;
}
