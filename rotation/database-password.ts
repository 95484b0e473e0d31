/** Gives the user of a site's Postgres another password, and knows when that has been done. */
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { placeOf } from '../gateway/config/database-url';
import { CliError } from '../terminal/fault';
import { scramVerifier } from './scram';

const PATIENCE_MS = 15_000;
const WRONG_PASSWORD = '28P01';

/** @returns the same address with a password that was never used @throws CliError when it has no user to change it of */
export function withNewPassword(url: string): string {
  const changed = URL.canParse(url) ? new URL(url) : undefined;
  if (changed === undefined || changed.username === '' || changed.password === '')
    throw new CliError(
      'The address of the database must be "postgresql://user:password@host:5432/name" for its password to be changed: write user and password before the host.',
    );
  changed.password = randomBytes(32).toString('hex');
  return changed.href;
}

/** Safe to be done again. @throws CliError without either password */
export async function changePassword(former: string, next: string): Promise<string> {
  if (await connects(next)) return 'the server takes the new one already';
  const client = new Client({ connectionString: former, connectionTimeoutMillis: PATIENCE_MS });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(
      `alter role current_user password '${scramVerifier(decodeURIComponent(new URL(next).password))}'`,
    );
  } catch (fault) {
    throw saidOf(fault, former);
  } finally {
    await client.end().catch(() => {});
  }
  if (!(await connects(next)))
    throw new CliError(
      `${placeOf(next).server} has taken another password for "${placeOf(next).user}", and lets nobody in by it: look at its pg_hba.conf.`,
    );
  return 'the server takes the new one';
}

async function connects(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: PATIENCE_MS });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch (fault) {
    if ((fault as { code?: unknown }).code === WRONG_PASSWORD) return false;
    throw saidOf(fault, url);
  } finally {
    await client.end().catch(() => {});
  }
}

function saidOf(fault: unknown, url: string): CliError {
  const { code, message } = fault as NodeJS.ErrnoException;
  const { server, user } = placeOf(url);
  const why =
    code === WRONG_PASSWORD
      ? 'it refuses the former password and the new one'
      : `${(message || code) ?? 'no reason'}`.slice(0, 300);
  return new CliError(`The password of "${user}" at ${server} cannot be changed: ${why}.`);
}
