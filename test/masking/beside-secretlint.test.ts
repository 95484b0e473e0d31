/** What secretlint finds is found here too: its recommended preset is the measure, over all that is planted. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { mask } from '../../masking/mask';
import { IN_CONTEXT, PLACES, TOKENS, drawn, lookAlikes, pem } from './planted';

const dashes = '-'.repeat(5);
/** Of the sorts that secretlint knows and the corpus has no place for. */
const OTHERS = [
  `https://hooks.slack.com/services/T${drawn('t', 8, 'ABCDEF123')}/B${drawn('b', 8, 'ABCDEF123')}/${drawn('w', 24, 'abcdefXYZ123')}`,
  `shp${'at'}_${drawn('shop', 32, '0123456789abcdef')}`,
  `lin_${'api'}_${drawn('linear', 40, 'abcdefXYZ123')}`,
  `ops_${'ey'}${drawn('op', 300, 'abcdefXYZ123')}`,
  `https://user:${drawn('basic', 12, 'abcdefXYZ123')}@host.example.org/path`,
  `https://${drawn('oauth', 40, 'abcdef123')}:x-oauth-basic@github.com/a/b.git`,
  `mongodb+srv://app:${drawn('mongo', 16, 'abcdefXYZ123')}@cluster0.example.net/db?retryWrites=true`,
  `jdbc:mysql://app:${drawn('mysql', 16, 'abcdefXYZ123')}@db.example.org:3306/app`,
  `${dashes}BEGIN PGP PRIVATE KEY BLOCK${dashes}\n\nlQ${drawn('pgp', 400, 'abcdefXYZ123')}\n=ab12\n${dashes}END PGP PRIVATE KEY BLOCK${dashes}`,
  ...['RSA ', 'DSA ', 'EC ', 'OPENSSH ', ''].map((sort) => pem(sort, 1_200)),
];

const texts = [
  ...Object.values(TOKENS).flatMap(([, make]) =>
    Object.entries(PLACES).map(([place, text]) => text.split('{}').join(make(place))),
  ),
  ...Object.entries(IN_CONTEXT).map(([name, [, text, make]]) => text.split('{}').join(make(name))),
  ...OTHERS,
  ...lookAlikes(),
];

test('nothing that secretlint finds is left', () => {
  const found = JSON.parse(
    execFileSync(process.execPath, [join(__dirname, 'secretlint.mjs')], {
      input: JSON.stringify(texts),
      encoding: 'utf8',
    }),
  ) as string[][];
  const all = found.flatMap((pieces, at) => pieces.map((piece) => ({ piece, text: texts[at] ?? '' })));
  // Without it the test would show nothing.
  expect(all.length).toBeGreaterThan(60);
  const harmless = new Set(lookAlikes());
  const left = all.filter(({ piece, text }) => mask(text).text.includes(piece) && !harmless.has(text));
  expect(left).toEqual([]);
});
