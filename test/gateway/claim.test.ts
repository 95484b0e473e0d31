import { ERRORS, GatewayError, type ErrorCode } from '../../gateway/errors';
import { verifyClaim, type ClaimRules } from '../../gateway/keys/claim';
import { CLAIM_SECRET, makeClaim as makeAnyClaim, signClaim, signText, type Claim } from './support/claims';

const OTHER = 'another-claim-secret-0123456789abcdefghij';
const DAY = 86_400;
/** One moment for all, however long the tests before took. */
const NOW = new Date();
const secondsFromNow = (seconds: number): string =>
  new Date(NOW.getTime() + seconds * 1_000).toISOString().replace(/\.\d+Z$/, 'Z');
const makeClaim = (changes: Partial<Claim> = {}): Claim =>
  makeAnyClaim({ issued_at: secondsFromNow(0), ...changes });

const rules = (changes: Partial<ClaimRules['secrets']> = {}): ClaimRules => ({
  secrets: { shared: [CLAIM_SECRET], byTemplate: new Map(), ...changes },
  maxAgeDays: 30,
  now: NOW,
});

/** The code a claim is refused with; undefined when it is taken. */
function refusal(wire: string, given: ClaimRules = rules()): ErrorCode | undefined {
  try {
    verifyClaim(wire, given);
    return undefined;
  } catch (fault) {
    if (fault instanceof GatewayError) return fault.code;
    throw fault;
  }
}

describe('a workspace claim', () => {
  test('is taken as the template writes it, whatever its names hold', () => {
    const claim = makeClaim({ workspace: { id: 'w1', name: 'wörk "spăce" 🙂' } });
    expect(verifyClaim(signClaim(claim), rules()).workspace.name).toBe('wörk "spăce" 🙂');
  });

  test('is refused when any one byte is changed, at any place', () => {
    const wire = signClaim(makeClaim());
    const alphabet = 'Aa0Zz9+/=.-_v1bf';
    for (let place = 0; place < wire.length; place += 1)
      for (const letter of alphabet) {
        if (wire[place] === letter) continue;
        const changed = wire.slice(0, place) + letter + wire.slice(place + 1);
        expect([changed, refusal(changed)]).toEqual([changed, 'claim_not_authentic']);
      }
  });

  test('is refused when a byte is added or taken away', () => {
    const wire = signClaim(makeClaim());
    for (let place = 0; place <= wire.length; place += 1) {
      expect(refusal(`${wire.slice(0, place)}A${wire.slice(place)}`)).toBe('claim_not_authentic');
      if (place < wire.length)
        expect(refusal(wire.slice(0, place) + wire.slice(place + 1))).toBe('claim_not_authentic');
    }
  });

  test.each([1, 2])('is refused with other unused bits in its base64 (padding of %i)', (padding) => {
    let name = 'x';
    const encode = () => signClaim(makeClaim({ workspace: { id: 'w', name } })).split('.')[1] ?? '';
    while (!encode().endsWith('='.repeat(padding)) || encode().endsWith('='.repeat(padding + 1))) name += 'x';
    const [version, encoded = '', proof] = signClaim(makeClaim({ workspace: { id: 'w', name } })).split('.');
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const place = encoded.length - padding - 1;
    const same = [...letters]
      .map((letter) => encoded.slice(0, place) + letter + encoded.slice(place + 1))
      .filter(
        (other) => other !== encoded && Buffer.from(other, 'base64').equals(Buffer.from(encoded, 'base64')),
      );
    expect(same).toHaveLength(padding === 1 ? 3 : 15);
    for (const other of same) expect(refusal(`${version}.${other}.${proof}`)).toBe('claim_not_authentic');
    for (const other of [
      encoded.replaceAll('=', ''),
      encoded.replaceAll('+', '-').replaceAll('/', '_'),
      `${encoded}=`,
    ])
      if (other !== encoded) expect(refusal(`${version}.${other}.${proof}`)).toBe('claim_not_authentic');
  });

  test('is refused with its proof in capitals, without a proof, without a claim', () => {
    const [version, encoded, proof = ''] = signClaim(makeClaim()).split('.');
    for (const wire of [
      `${version}.${encoded}.${proof.toUpperCase()}`,
      `${version}.${encoded}`,
      `${version}..${proof}`,
      '',
      'v1..',
      `v2.${encoded}.${proof}`,
    ])
      expect(refusal(wire)).toBe('claim_not_authentic');
  });

  test.each<[string, Partial<Claim> | Record<string, unknown>, ErrorCode]>([
    ['of a stop build', { transition: 'stop' }, 'claim_not_a_start'],
    ['of a delete build', { transition: 'delete' }, 'claim_not_a_start'],
    ['of a prebuild', { prebuild: true }, 'claim_of_prebuild'],
    ['older than its maximum age', { issued_at: secondsFromNow(-30 * DAY - 60) }, 'claim_expired'],
    ['from the future', { issued_at: secondsFromNow(6 * 60) }, 'claim_from_the_future'],
    ['of another version', { v: 2 }, 'claim_malformed'],
    ['with a version as text', { v: '1' }, 'claim_malformed'],
    ['with a field too many', { admin: true }, 'claim_malformed'],
    ['with a field missing', { level: undefined }, 'claim_malformed'],
    [
      'with an inner field too many',
      { owner: { id: 'o', name: 'n', groups: [], admin: true } },
      'claim_malformed',
    ],
    ['with an inner field missing', { owner: { id: 'o', name: 'n' } }, 'claim_malformed'],
    ['with groups that are no list', { owner: { id: 'o', name: 'n', groups: 'a' } }, 'claim_malformed'],
    ['with a separator in an id', { workspace: { id: 'w|o', name: 'n' } }, 'claim_malformed'],
    ['with an empty id', { workspace: { id: '', name: 'n' } }, 'claim_malformed'],
    ['with a time that is none', { issued_at: 'yesterday' }, 'claim_malformed'],
    ['with a day that is none', { issued_at: '2026-13-40T00:00:00Z' }, 'claim_malformed'],
    ['with a flag as text', { prebuild: 'false' }, 'claim_malformed'],
    ['with a NUL in a name', { workspace: { id: 'w', name: 'a\0b' } }, 'claim_malformed'],
  ])('%s is refused', (_, change, code) => {
    expect(refusal(signClaim({ ...makeClaim(), ...change }))).toBe(code);
  });

  test('within its limits is taken', () => {
    for (const issued_at of [
      secondsFromNow(-30 * DAY + 60),
      secondsFromNow(4 * 60),
      '2026-01-01T00:00:00+01:00',
    ])
      expect(
        refusal(signClaim(makeClaim({ issued_at })), {
          ...rules(),
          maxAgeDays: issued_at.startsWith('2026-01') ? 9_999 : 30,
        }),
      ).toBeUndefined();
  });

  test.each(['', 'null', '[]', '"text"', '{', '7'])('whose text is %j is refused', (text) => {
    expect(refusal(signText(text))).toBe(text === '' ? 'claim_not_authentic' : 'claim_malformed');
  });

  test('that is signed with another secret tells nothing about its content', () => {
    for (const change of [{}, { transition: 'stop' }, { prebuild: true }, { v: 9 }])
      expect(refusal(signClaim({ ...makeClaim(), ...change }, OTHER))).toBe('claim_not_authentic');
  });

  test('is taken with the former secret while it is changed', () => {
    expect(refusal(signClaim(makeClaim(), OTHER), rules({ shared: [CLAIM_SECRET, OTHER] }))).toBeUndefined();
  });

  test("is taken with its own template's secret only", () => {
    const byTemplate = new Map([['contractor-workspace', OTHER]]);
    const another = { template: { id: 't', name: 'another', version: '1' } };
    expect(refusal(signClaim(makeClaim(), OTHER), rules({ byTemplate }))).toBeUndefined();
    expect(refusal(signClaim(makeClaim(another), OTHER), rules({ byTemplate }))).toBe('claim_wrong_template');
    expect(refusal(signClaim(makeClaim(), CLAIM_SECRET), rules({ byTemplate }))).toBe('claim_wrong_template');
    expect(refusal(signClaim(makeClaim(another), CLAIM_SECRET), rules({ byTemplate }))).toBeUndefined();
  });

  test('is never taken when no secret is set', () => {
    expect(refusal(signClaim(makeClaim()), rules({ shared: [] }))).toBe('claims_not_configured');
  });

  test('every refusal is a 401 or a 403 with words of its own; one that comes too often is a 429', () => {
    const codes = Object.keys(ERRORS).filter((code) => code.startsWith('claim')) as ErrorCode[];
    for (const code of codes)
      expect(code === 'claim_rate_limited' ? [429] : [401, 403]).toContain(ERRORS[code].status);
    expect(new Set(codes.map((code) => ERRORS[code].message)).size).toBe(codes.length);
  });
});
