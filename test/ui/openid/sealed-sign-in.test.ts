import fc from 'fast-check';
import { createSeal, type SignInUnderWay } from '../../../gateway/ui/openid/sealed-sign-in';

const SECRET = 'sk-0123456789abcdef0123456789abcdef';
const SIGN_IN: SignInUnderWay = {
  verifier: 'v'.repeat(43),
  nonce: 'n'.repeat(43),
  state: 's'.repeat(43),
  returnTo: `/ui/${'x'.repeat(1_000)}`,
  begunAt: 1_700_000_000_000,
};
const seal = createSeal(SECRET, 'dashboard');

test('opens as it was, and never looks the same twice', () => {
  const [one, other] = [seal.seal(SIGN_IN), seal.seal(SIGN_IN)];
  expect(one).not.toBe(other);
  expect([seal.open(one), seal.open(other)]).toEqual([SIGN_IN, SIGN_IN]);
  // Of what a cookie may hold, and of a length that browsers keep.
  expect(one).toMatch(/^[\w-]{1,3000}$/);
});

test('does not open for another secret or another purpose', () => {
  expect(createSeal(`${SECRET}0`, 'dashboard').open(seal.seal(SIGN_IN))).toBeUndefined();
  expect(createSeal(SECRET, 'other').open(seal.seal(SIGN_IN))).toBeUndefined();
});

test('does not open with a bit changed, cut or put to it, nor what is none', () => {
  const bytes = Buffer.from(seal.seal(SIGN_IN), 'base64url');
  fc.assert(
    fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return seal.open(changed.toString('base64url')) === undefined;
    }),
  );
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), (length) => {
      return seal.open(bytes.subarray(0, length).toString('base64url')) === undefined;
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => seal.open(text) === undefined));
  expect(seal.open(Buffer.concat([bytes, Buffer.of(0)]).toString('base64url'))).toBeUndefined();
  expect(seal.open('A'.repeat(10_000_000))).toBeUndefined();
});
