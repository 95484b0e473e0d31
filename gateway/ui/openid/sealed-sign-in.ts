/**
 * A sign-in under way, sealed for a cookie of its browser: nothing of it is kept here, so every gateway with the same
 * settings can finish it. Who has the cookie can neither read it nor change it (AES-256-GCM).
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

export interface SignInUnderWay {
  /** Of PKCE (RFC 7636). */
  readonly verifier: string;
  readonly nonce: string;
  readonly state: string;
  /** Path of the dashboard to go on to. */
  readonly returnTo: string;
  /** Milliseconds since 1970. */
  readonly begunAt: number;
}

export interface Seal {
  seal(signIn: SignInUnderWay): string;
  /** Undefined: it is none, was changed, or was sealed for another client or with another secret. */
  open(sealed: string): SignInUnderWay | undefined;
}

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Characters; browsers keep cookies of 4096 bytes, name and attributes included. */
export const LONGEST_SEALED = 3_800;

/**
 * @param secret the same for every gateway of a deployment
 * @param purpose what the value is good for: one that was sealed for something else does not open
 */
export function createSeal(secret: string, purpose: string): Seal {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'openid-sign-in', 32));
  const bound = Buffer.from(purpose);
  return {
    seal(signIn) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, key, iv).setAAD(bound);
      const text = Buffer.concat([cipher.update(JSON.stringify(signIn), 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url');
    },
    open(sealed) {
      if (sealed.length > LONGEST_SEALED) return undefined;
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length <= IV_BYTES + TAG_BYTES) return undefined;
      try {
        const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), {
          authTagLength: TAG_BYTES,
        })
          .setAAD(bound)
          .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
        const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
        // Only what was sealed here gets this far.
        return JSON.parse(text.toString('utf8')) as SignInUnderWay;
      } catch {
        return undefined;
      }
    },
  };
}
