/** Ids of end users as they may leave the house: providers ask for opaque ones and refuse what names a person. */
import { createHash } from 'node:crypto';

const E_MAIL = /^\S+@\S+\.\S+$/;
const PHONE = /^\+?[\d\s().-]{7,}$/;
/** Longest id that is looked at for a person's name. */
const LONGEST = 256;

// bounded: `LONGEST`
export const namesPerson = (user: string): boolean =>
  user.length <= LONGEST && (E_MAIL.test(user) || PHONE.test(user));

/** OpenAI's limit for `user`, which other servers have as well. */
const LONGEST_OPAQUE = 64;
const OPAQUE = /^[\w.:-]+$/;
const HASH_LENGTH = 32;

/**
 * As an OpenAI-compatible server gets it. What is longer is made by a program, of which a hash tells nothing; what is
 * short and no plain id may be somebody's name, which its hash would give away.
 */
export function opaqueUser(user: string): string | undefined {
  if (namesPerson(user)) return undefined;
  if (user.length > LONGEST_OPAQUE)
    return `user_${createHash('sha256').update(user).digest('hex').slice(0, HASH_LENGTH)}`;
  // bounded: `LONGEST_OPAQUE`
  return OPAQUE.test(user) ? user : undefined;
}
