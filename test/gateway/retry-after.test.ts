import { readWait, readWaitMs } from '../../gateway/providers/retry-after';

const NOW = Date.parse('2026-03-01T12:00:00Z');

test.each([
  ['7', 7_000],
  ['0.2', 200],
  ['86400', 60_000],
  ['Sun, 01 Mar 2026 12:00:09 GMT', 9_000],
  ['Sun, 01 Mar 2026 13:00:00 GMT', 60_000],
  ['Sun, 01 Mar 2026 11:00:00 GMT', undefined],
  ['0', undefined],
  ['-1', undefined],
  ['soon', undefined],
  ['', undefined],
  [undefined, undefined],
])('retry-after %j asks for %j ms', (text, ms) => {
  expect(readWaitMs({ 'retry-after': text }, NOW)).toBe(ms);
});

test('clients are told whole seconds, rounded up', () => {
  expect(readWait({ 'retry-after': '1.2' })).toEqual({ headers: { 'retry-after': '2' } });
  expect(readWait({})).toEqual({});
});
