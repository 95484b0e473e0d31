/** A Postgres password as the server keeps it (RFC 5802, SCRAM-SHA-256): the password itself is in no statement, so in no log. */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

/** As Postgres does it by itself. */
const ROUNDS = 4_096;

export function scramVerifier(password: string, salt = randomBytes(16)): string {
  const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const salted = pbkdf2Sync(password, salt, ROUNDS, 32, 'sha256');
  const stored = createHash('sha256').update(hmac(salted, 'Client Key')).digest('base64');
  const server = hmac(salted, 'Server Key').toString('base64');
  return `SCRAM-SHA-256$${ROUNDS}:${salt.toString('base64')}$${stored}:${server}`;
}
