import fc from 'fast-check';
import { openIdActor, personOf, type PersonTerms } from '../../../gateway/ui/openid/person';
import { OpenIdRefusal, REFUSALS } from '../../../gateway/ui/openid/refusal';

const TERMS: PersonTerms = {
  oidcGroupsClaim: 'groups',
  oidcNameClaim: 'preferred_username',
  oidcAdminGroups: new Set(['ai-admins']),
  oidcViewerGroups: new Set(['ai-viewers']),
};
const named = (name: unknown) => ({ sub: 'p', preferred_username: name, groups: ['ai-admins'] });

function outcomeOf(claims: Record<string, unknown>, terms = TERMS): string {
  try {
    return personOf(claims, terms).name;
  } catch (fault) {
    if (fault instanceof OpenIdRefusal) return fault.code;
    throw fault;
  }
}

describe('a name', () => {
  test.each([
    ['lena'],
    ['lena@example.com'],
    ['Łucja Żółć'],
    ['山田 太郎'],
    ["o'neill (extern)"],
    ['a/b'],
    ['x'.repeat(128)],
  ])('%s is taken as it is', (name) => expect(outcomeOf(named(name))).toBe(name));

  test('is one name, however its letters are put together and whatever stands around it', () =>
    expect(outcomeOf(named(' Cafe\u0301 '))).toBe('Caf\u00e9'));

  test.each([
    ['x'.repeat(129), 'name_invalid'],
    ['\u0958'.repeat(100), 'name_invalid'],
    ['', 'name_missing'],
    [null, 'name_missing'],
    [undefined, 'name_missing'],
    [7, 'name_invalid'],
    [['lena'], 'name_invalid'],
    ['   ', 'name_invalid'],
    ['lena\nadmin', 'name_invalid'],
    ['lena  b', 'name_invalid'],
    ['lena\u00a0b', 'name_invalid'],
    ['lena\u200b', 'name_invalid'],
    ['lena\u202egnp', 'name_invalid'],
    ['lena\u3164', 'name_invalid'],
    ['lena\u2800', 'name_invalid'],
    ['\ud800', 'name_invalid'],
  ])('%j is refused: %s', (name, code) => expect(outcomeOf(named(name))).toBe(code));

  test('an e-mail address needs the word of the provider that it is verified', () => {
    const terms = { ...TERMS, oidcNameClaim: 'email' };
    const claims = { sub: 'p', groups: ['ai-admins'], email: 'lena@example.com' };
    for (const verified of [undefined, false, null, 1, 'true'])
      expect(outcomeOf({ ...claims, email_verified: verified }, terms)).toBe('email_unverified');
    expect(outcomeOf({ ...claims, email_verified: true }, terms)).toBe('lena@example.com');
  });

  test('in the audit trail is that of no key and no other actor', () => {
    const name = fc.oneof(
      fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/),
      fc.constantFrom('master', 'coder', 'self-service', 'first-document'),
      fc.string({ unit: 'grapheme', maxLength: 200 }),
    );
    fc.assert(
      fc.property(name, (given) => {
        let actor: string;
        try {
          actor = openIdActor(personOf(named(given), TERMS));
        } catch (fault) {
          return fault instanceof OpenIdRefusal && fault.code in REFUSALS;
        }
        return actor.startsWith('openid/') && !/^[A-Za-z0-9][A-Za-z0-9._@-]*$/.test(actor);
      }),
    );
  });
});

test('whatever the claims are, they are a person in a named group or refused', () => {
  const claims = fc.record(
    {
      sub: fc.oneof(fc.string({ maxLength: 300 }), fc.jsonValue()),
      preferred_username: fc.oneof(fc.string(), fc.jsonValue()),
      groups: fc.oneof(
        fc.jsonValue(),
        fc.array(fc.oneof(fc.constantFrom('ai-admins', 'ai-viewers', 'AI-ADMINS'), fc.string())),
      ),
      _claim_names: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(claims, (given) => {
      try {
        const { role } = personOf(given, TERMS);
        const groups = [given.groups].flat();
        return groups.includes(role === 'admin' ? 'ai-admins' : 'ai-viewers');
      } catch (fault) {
        return fault instanceof OpenIdRefusal;
      }
    }),
  );
});

test('a group may stand alone', () =>
  expect(personOf({ ...named('lena'), groups: 'ai-viewers' }, TERMS).role).toBe('viewer'));
