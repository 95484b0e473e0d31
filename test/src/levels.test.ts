import { strictest } from '../../src/levels';

test.each([
  [[], 'unrestricted'],
  [['unrestricted', 'standard'], 'standard'],
  [['design-first', 'unrestricted'], 'design-first'],
  [['unrestricted', 'whatever'], 'design-first'],
])('the strictest of %j is %s', (levels, expected) => {
  expect(strictest(levels)).toBe(expected);
});
