import { foldName } from '../../gateway/keys/owner-names';

test('names differ by capitals alone, and only in ASCII', () => {
  expect(foldName('Mark-01')).toBe('mark-01');
  // The sign of Kelvin, a long s, and an I with a dot: each is folded to a plain letter by somebody.
  for (const name of ['mar\u212A', 'ro\u017Fa', 'M\u0130a']) expect(foldName(name)).not.toMatch(/^[a-z]+$/);
  expect(foldName('MAR\u212A')).toBe('mar\u212A');
});
