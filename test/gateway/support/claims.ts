/** Workspace claims as the template mints them. */
import { createHash } from 'node:crypto';

export const CLAIM_SECRET = 'a-claim-secret-for-tests-0123456789abcdef';

export interface Claim {
  v: number;
  deployment: string;
  workspace: { id: string; name: string };
  owner: { id: string; name: string; groups: string[] };
  template: { id: string; name: string; version: string };
  level: string;
  transition: string;
  issued_at: string;
  prebuild: boolean;
}

/** A claim of a start build of this moment; `changes` replace whole fields. */
export function makeClaim(changes: Partial<Claim> = {}): Claim {
  return {
    v: 1,
    deployment: 'https://coder.example.com',
    workspace: { id: '5b1c7d0e-0000-4000-8000-000000000001', name: 'dev' },
    owner: { id: '7f3a0000-0000-4000-8000-00000000000a', name: 'ann', groups: [] },
    template: { id: '11110000-0000-4000-8000-000000000001', name: 'contractor-workspace', version: 'v1' },
    level: 'standard',
    transition: 'start',
    issued_at: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    prebuild: false,
    ...changes,
  };
}

/** Written out here on its own, so that a slip in the gateway's reading of the contract is not repeated. */
export function signText(text: string, secret: string = CLAIM_SECRET): string {
  const sha256 = (value: string) => createHash('sha256').update(value, 'utf8').digest('hex');
  return `v1.${Buffer.from(text, 'utf8').toString('base64')}.${sha256(secret + sha256(secret + text))}`;
}

export const signClaim = (claim: unknown, secret?: string): string => signText(JSON.stringify(claim), secret);

/** An RFC 3339 time so many seconds from now. */
export const secondsFromNow = (seconds: number): string =>
  new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
