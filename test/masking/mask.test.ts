import { WINDOW } from '../../masking/find-secrets';
import { mask, maskInSteps } from '../../masking/mask';
import { IN_CONTEXT, PLACES, TOKENS, drawn, jwt, lookAlikes, pem } from './planted';

const fill = (text: string, secret: string): string => text.split('{}').join(secret);

const planted = [
  ...Object.entries(TOKENS).flatMap(([name, [kind, make]]) =>
    Object.entries(PLACES).map(([place, text]) => {
      const secret = make(`${name} ${place}`);
      return { name: `${name} in ${place}`, kind, secret, text: fill(text, secret) };
    }),
  ),
  ...Object.entries(IN_CONTEXT).flatMap(([name, [kind, text, make]]) =>
    [1, 2, 3].map((round) => {
      const secret = make(`${name} ${round}`);
      return { name: `${name} ${round}`, kind, secret, text: fill(text, secret) };
    }),
  ),
];

test('there are as many as are spoken of', () => {
  expect(planted.length).toBeGreaterThanOrEqual(200);
  expect(lookAlikes().length).toBeGreaterThanOrEqual(100);
});

test('every planted secret is masked, under its kind, and what stands around it stays', () => {
  const missed = planted.filter(({ secret, kind, text }) => {
    const masked = mask(text);
    return (
      masked.text.includes(secret) || !masked.text.includes(`[masked: ${kind}]`) || !masked.counts.has(kind)
    );
  });
  expect(missed).toEqual([]);
  // Not a piece of it stays behind, nor does what is around it go; but a word may that goes on from it.
  const torn = planted.filter(({ secret, text }) => {
    const [before = '', behind = ''] = text.split(secret);
    const after = behind.replace(/^[\w.]*/, '');
    const masked = mask(text).text;
    return !(
      masked.endsWith(after) &&
      (masked.startsWith(before.slice(0, 20)) || before.includes(`AK${'IA'}`))
    );
  });
  expect(torn).toEqual([]);
});

test('of what only looks like a secret at most three of a hundred are masked', () => {
  const all = lookAlikes();
  const wrong = all.filter((text) => mask(text).counts.size > 0);
  expect({ wrong, few: wrong.length <= 0.03 * all.length }).toEqual({ wrong, few: true });
});

test.each(['', 'RSA ', 'EC ', 'OPENSSH ', 'ENCRYPTED '])(
  'a private key "%s" however it is written down',
  (sort) => {
    const key = pem(sort, 1_600);
    const lines = key.split('\n').slice(1, -1);
    const written = {
      plain: key,
      'with carriage returns': key.replaceAll('\n', '\r\n'),
      'in json': JSON.stringify({ key }),
      'in json in json': JSON.stringify({ arguments: JSON.stringify({ key }) }),
      indented: key.replaceAll('\n', '\n    '),
      'put together in code': key
        .split('\n')
        .map((line) => `"${line}\\n"`)
        .join(' +\n'),
      'on one line': key.replaceAll('\n', ' '),
      'cut off': key.slice(0, 900),
      'in small letters': key.replace('BEGIN', 'begin').replace('END', 'end'),
    };
    const left = Object.entries(written).filter(([, text]) => {
      const masked = mask(`before\n${text}\nafter`);
      return (
        lines.some((line) => masked.text.includes(line.slice(0, 16))) ||
        !masked.text.includes('after') ||
        masked.counts.get('private-key') !== 1
      );
    });
    expect(left).toEqual([]);
  },
);

test('a secret across the edge of what is looked at once is found, wherever the edge is', () => {
  const secrets = Object.values(TOKENS).map(([, make]) => make('edge'));
  const contexts = Object.values(IN_CONTEXT).map(
    ([, text, make]) => [fill(text, make('edge')), make('edge')] as const,
  );
  for (const [text, secret] of [...secrets.map((each) => [` ${each} `, each] as const), ...contexts])
    for (let at = 0; at <= text.length; at += 3) {
      const masked = mask(
        `${'lorem '.repeat(WINDOW / 6 + 1).slice(0, WINDOW - at)}${text}${' ipsum'.repeat(1_000)}`,
      );
      expect(masked.text).not.toContain(secret);
    }
  const key = pem('RSA ', 12_800);
  expect(mask(`${'x '.repeat(WINDOW / 2 - 10)}${key} end`).text).toMatch(/x \[masked: private-key\] end$/);
});

test('a token that is longer than what is looked at once goes whole', () => {
  const long = jwt('long').replace('.', `${drawn('long', 3 * WINDOW, 'abcdefgh12345678')}.`);
  expect(mask(`a ${long} b`)).toEqual({ text: 'a [masked: jwt] b', counts: new Map([['jwt', 1]]) });
});

test('a token that is wrapped goes with its next lines', () => {
  const token = jwt('wrapped');
  for (const line of ['\n', '\\n', '\\\\n', '\r\n'])
    expect(mask(`a ${token.slice(0, 30)}${line}${token.slice(30)} b`).text).toBe('a [masked: jwt] b');
});

test('unusual case does not hide what letters around a secret tell', () => {
  const value = drawn('case', 24, 'abcdefABCDEF0123456789');
  for (const text of [
    `PassWord = "${value}"`,
    `BEARER ${value}`,
    `AuthORIZation: BASIC ${value}==`,
    `Api-KEY: ${value}`,
    `;PWD=${value};`,
  ])
    expect(mask(text).text).not.toContain(value);
});

test('nothing that a text says switches it off, and a mask is not masked again', () => {
  const key = TOKENS['github']![1]('off');
  const once = mask(`/* secretlint-disable */ token = "${key}" // gitleaks:allow`);
  expect(once.text).not.toContain(key);
  expect(mask(once.text)).toEqual({ text: once.text, counts: new Map() });
});

test('in steps it is the same, and no step looks at more than a window', () => {
  const text = planted.map((each) => each.text).join('\n');
  const steps = maskInSteps(text);
  let count = 0;
  for (;;) {
    const step = steps.next();
    if (step.done) {
      expect(step.value).toEqual(mask(text));
      break;
    }
    count += 1;
  }
  expect(count).toBe(Math.ceil(text.length / WINDOW));
});
