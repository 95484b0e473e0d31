/** Who signed in, by the claims of a provider that was already believed: name, role by groups, and the provider's id. */
import type { Role } from '../../admin/admin-keys';
import { OpenIdRefusal } from './refusal';

export interface Person {
  readonly name: string;
  readonly role: Role;
  /** What the provider calls the person for ever (`sub`). */
  readonly subject: string;
}

export type Claims = Readonly<Record<string, unknown>>;

export interface PersonTerms {
  readonly oidcGroupsClaim: string;
  readonly oidcNameClaim: string;
  readonly oidcAdminGroups: ReadonlySet<string>;
  readonly oidcViewerGroups: ReadonlySet<string>;
}

/** A directory's person is in a few hundred. */
export const MOST_GROUPS = 5_000;
export const LONGEST_NAME = 128;
/** https://openid.net/specs/openid-connect-core-1_0.html#IDToken: 255 ASCII characters. */
const LONGEST_SUBJECT = 255;

/**
 * As the audit trail names the person. No admin key has a name with a slash, and no other actor has, so that nobody is
 * taken for somebody else.
 */
export const openIdActor = ({ name }: Pick<Person, 'name'>): string => `openid/${name}`;

/** Whether userinfo has to be asked as well. */
export const saysEnough = (claims: Claims, terms: PersonTerms): boolean =>
  [terms.oidcGroupsClaim, terms.oidcNameClaim].every((claim) => claims[claim] !== undefined) &&
  (terms.oidcNameClaim !== 'email' || claims['email_verified'] !== undefined);

/** The ID token goes before userinfo. Whether an address is verified is only taken over for the same address. */
export function mergedClaims(idToken: Claims, userInfo: Claims): Claims {
  const isOtherAddress = idToken['email'] !== undefined && idToken['email'] !== userInfo['email'];
  return { ...userInfo, ...(isOtherAddress && { email_verified: undefined }), ...idToken };
}

export function personOf(claims: Claims, terms: PersonTerms): Person {
  const subject = subjectOf(claims);
  const role = roleOf(claims, terms, subject);
  return { name: nameOf(claims, terms, subject), role, subject };
}

function subjectOf({ sub }: Claims): string {
  // bounded: no longer than a subject
  if (typeof sub !== 'string' || sub.length > LONGEST_SUBJECT || !/^[\x20-\x7e]+$/.test(sub))
    throw new OpenIdRefusal('subject_invalid');
  return sub;
}

function roleOf(claims: Claims, terms: PersonTerms, subject: string): Role {
  const groups = groupsOf(claims, terms.oidcGroupsClaim, subject);
  if (groups.some((group) => terms.oidcAdminGroups.has(group))) return 'admin';
  if (groups.some((group) => terms.oidcViewerGroups.has(group))) return 'viewer';
  throw new OpenIdRefusal('not_in_a_group', `${groups.length} groups`, subject);
}

function groupsOf(claims: Claims, claim: string, subject: string): readonly string[] {
  const found = claims[claim];
  if (found === undefined || found === null)
    throw new OpenIdRefusal(
      isElsewhere(claims, claim) ? 'groups_left_out' : 'groups_missing',
      claim,
      subject,
    );
  const groups: unknown[] = Array.isArray(found) ? found : [found];
  if (groups.length > MOST_GROUPS)
    throw new OpenIdRefusal('groups_too_many', `${groups.length} groups`, subject);
  if (!groups.every((group) => typeof group === 'string'))
    throw new OpenIdRefusal('groups_invalid', claim, subject);
  return groups;
}

/** https://openid.net/specs/openid-connect-core-1_0.html#AggregatedDistributedClaims */
function isElsewhere(claims: Claims, claim: string): boolean {
  const names = claims['_claim_names'];
  return names !== null && typeof names === 'object' && Object.hasOwn(names, claim);
}

/** Letters, marks, digits, signs and plain blanks: nothing that turns the line around. */
const VISIBLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]+( [\p{L}\p{M}\p{N}\p{P}\p{S}]+)*$/u;
/** Letters and signs of which nothing is drawn; U+2800 is Braille without a dot. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\u2800]/u;

function nameOf(claims: Claims, { oidcNameClaim: claim }: PersonTerms, subject: string): string {
  const given = claims[claim];
  if (given === undefined || given === null || given === '')
    throw new OpenIdRefusal('name_missing', claim, subject);
  if (typeof given !== 'string' || given.length > LONGEST_NAME)
    throw new OpenIdRefusal('name_invalid', claim, subject);
  const name = given.normalize('NFC').trim();
  // bounded: no longer than a name
  if (name.length > LONGEST_NAME || !VISIBLE.test(name) || INVISIBLE.test(name))
    throw new OpenIdRefusal('name_invalid', claim, subject);
  // An address that nobody verified may be anybody's.
  if (claim === 'email' && claims['email_verified'] !== true)
    throw new OpenIdRefusal('email_unverified', claim, subject);
  return name;
}
