import { chooseTests } from '../../scripts/check-quick/choose-tests';

const RELATED = [
  'test/administration/keys.test.ts',
  'test/gateway/key-rotation.test.ts',
  'test/gateway/streams.test.ts',
  'test/admin/key-rotation.test.ts',
];

test('the tests that stand nearest to what changed come first, and the rest is counted', () => {
  expect(chooseTests(RELATED, ['gateway/admin/key-rotation.ts'], 2)).toEqual({
    run: ['test/admin/key-rotation.test.ts', 'test/gateway/key-rotation.test.ts'],
    left: 2,
  });
});

test('a test that was changed is run, however many there are', () => {
  expect(chooseTests(RELATED, RELATED.slice(0, 3), 1)).toEqual({ run: RELATED.slice(0, 3), left: 1 });
});

test('nothing related, nothing run', () => {
  expect(chooseTests([], ['LICENSE'], 5)).toEqual({ run: [], left: 0 });
});
