import fc from 'fast-check';
import { localPath } from '../../gateway/ui/local-path';

const HERE = 'https://ai.example.com';

test.each([
  ['/ui', '/ui'],
  ['/ui/keys?sort=spend&q=a%20b', '/ui/keys?sort=spend&q=a%20b'],
  ['/ui/keys#top', '/ui/keys'],
  ['/ui/../admin/key/list', '/ui'],
  ['/ui/%2e%2e/admin', '/ui'],
  ['/uix', '/ui'],
  ['/', '/ui'],
  ['', '/ui'],
  ['//evil.example/ui', '/ui'],
  ['/\\evil.example/ui', '/ui'],
  ['/\t/evil.example/ui', '/ui'],
  ['https://evil.example/ui', '/ui'],
  ['https://ai.example.com/ui/keys', '/ui'],
  ['javascript:alert(1)', '/ui'],
  ['/ui/sign-in', '/ui'],
  ['/ui/sign-in/openid', '/ui'],
  ['/ui/sign-out', '/ui'],
  [`/ui/keys?q=${'x'.repeat(2_048)}`, '/ui'],
  [`/ui/keys?q=${'ä'.repeat(900)}`, '/ui'],
])('%j leads to %s', (asked, path) => expect(localPath(asked)).toBe(path));

test('whatever is asked for, it is a page of the dashboard', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '/ui',
      '/',
      '//',
      '\\',
      '..',
      '.',
      '%2e',
      '@',
      ':',
      '\n',
      '\t',
      'sign-in',
      '?',
      '#',
      'https:',
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const path = localPath(pieces.join(''));
      const { origin, pathname } = new URL(path, HERE);
      // Of what a header may hold.
      return origin === HERE && /^\/ui(\/|$)/.test(pathname) && /^[\x21-\x7e]{1,2048}$/.test(path);
    }),
    { numRuns: 500 },
  );
});
