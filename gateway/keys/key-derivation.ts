/** Where workspace keys come from: derived, never stored, so that a restart gets the same key again. */
import { createHmac, hash, hkdfSync, randomBytes } from 'node:crypto';

export interface KeySecrets {
  readonly current: string | Buffer;
  readonly previous: string | Buffer | undefined;
}

const DERIVED = 'derived:';

/** As the settings have them. */
export const keySecretsOf = (settings: {
  readonly keySecret: string | undefined;
  readonly keySecretPrevious: string | undefined;
  readonly masterKey: string;
}): KeySecrets => ({
  current: keySecretOf(settings.keySecret, settings.masterKey),
  previous: settings.keySecretPrevious === undefined ? undefined : materialOf(settings.keySecretPrevious),
});

/** The secret keys are derived from: set by itself, or derived from the master key (RFC 5869). */
export function keySecretOf(keySecret: string | undefined, masterKey: string): string | Buffer {
  return keySecret === undefined ? derivedFrom(masterKey) : materialOf(keySecret);
}

/** What a setting of a key secret stands for: itself, or the bytes that a master key once led to. */
export const materialOf = (keySecret: string): string | Buffer =>
  keySecret.startsWith(DERIVED) ? Buffer.from(keySecret.slice(DERIVED.length), 'hex') : keySecret;

/** The key secret as a setting that says the same with any other master key. */
export const pinnedKeySecret = (masterKey: string): string =>
  `${DERIVED}${derivedFrom(masterKey).toString('hex')}`;

const derivedFrom = (masterKey: string): Buffer =>
  Buffer.from(hkdfSync('sha256', masterKey, '', 'workspace-keys', 32));

export function deriveWorkspaceKey(
  secret: string | Buffer,
  workspaceId: string,
  ownerId: string,
  generation: number,
): string {
  const mac = createHmac('sha256', secret).update(`workspace|${workspaceId}|${ownerId}|${generation}`);
  return `sk-${mac.digest('base64url')}`;
}

/** A key that belongs to no workspace: nothing derives it again, so it is shown once and never after. */
export const randomKey = (): string => `sk-${randomBytes(32).toString('base64url')}`;

const SHAPE = /^sk-[A-Za-z0-9_-]{43}$/;

/** Whether it can be a key of this gateway at all: 256 bits in base64url. What cannot be costs the store nothing. */
// bounded: a header or an address is no longer than Node takes
export const isKeyShaped = (key: string): boolean => SHAPE.test(key);

/** What is stored of a key. It has 256 random bits, so a plain hash cannot be searched. */
export const hashKey = (key: string): string => hash('sha256', key, 'hex');

/** Enough of a key for people to recognise it, and no more. */
export const prefixOf = (key: string): string => key.slice(0, 7);
export const lastFourOf = (key: string): string => key.slice(-4);
