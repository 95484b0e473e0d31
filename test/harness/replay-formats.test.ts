import { parseHourlyCron, parseScriptCron, schedulesOverlap } from './replay-provider/cron';
import { normalCapability, normalCpus, normalDuration } from './replay-provider/docker/normal-forms';
import { FORMATS } from './replay-provider/formats';
import { compileRe2 } from './replay-provider/re2';

describe('formats', () => {
  it.each<[string, string, boolean]>([
    ['url', '', true],
    ['url', '/icon/code.svg', true],
    ['url', 'https://x:8080/a%20b?c=%zz', true],
    ['url', 'data:image/png;base64,AA==', true],
    ['url', 'http://[::1]:80/', true],
    ['url', ':x', false],
    ['url', '1a:b', false],
    ['url', '/a%2', false],
    ['url', 'http://a b/', false],
    ['url', 'http://x:port/', false],
    ['url', '/a\nb', false],
    ['duration', '1h2m3.5s', true],
    ['duration', '0', true],
    ['duration', '.5ms', true],
    ['duration', '5', false],
    ['duration', '-5s', false],
    ['duration', '', false],
    ['absolute-path', '/a', true],
    ['absolute-path', '', false],
    ['absolute-path', '~/a', false],
    ['base64', 'YWI=', true],
    ['base64', 'YWI', false],
    ['timezone', 'Europe/Berlin', true],
    ['timezone', 'Nowhere', false],
    ['uuid', '6f1ed1a2-3b4c-4d5e-8f60-718293a4b5c6', true],
    ['uuid', '6f1ed1a2', false],
  ])('%s %j: %s', (format, value, valid) => {
    expect(FORMATS[format]?.(value) === undefined).toBe(valid);
  });

  it('judge nothing but text, and seconds of a ttl', () => {
    expect(FORMATS['url']?.(null)).toBeUndefined();
    expect([0, 3600, 31_536_000].map((ttl) => FORMATS['prebuild-ttl']?.(ttl))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(FORMATS['prebuild-ttl']?.(3599)).toMatch(/got 3599/);
  });
});

describe('cron', () => {
  it.each(['0 0 8 * * *', '*/10 * * * * MON-FRI', '0 0 8 1,15 JAN ?', '@hourly', '@every 5m'])(
    'script: %s',
    (text) => {
      expect(parseScriptCron(text)).toBe(false);
    },
  );

  it.each([
    ['0 8 * *', /expected exactly 6 fields, found 4/],
    ['0 0 25 * * *', /hours 25 is outside 0-23/],
    ['0 0 8 * * MON-SUN', /runs backwards/],
    ['0 0 */0 * * *', /step "0"/],
    ['0 0 a * * *', /failed to parse number "a"/],
    ['@noon', /unrecognized descriptor/],
  ])('script, broken: %s', (text, fault) => {
    expect(() => parseScriptCron(text)).toThrow(fault);
  });

  it.each<[string, string, boolean]>([
    ['* 8-12 * * 1-5', '* 12-18 * * *', true],
    ['* 8-11 * * 1-5', '* 12-18 * * *', false],
    ['* 8 * * 1-5', '* 8 * * 6,0', false],
    ['* 8 1 * *', '* 8 * * 3', true],
    ['* 8 1 * *', '* 8 2 * *', false],
    ['* 8 * 1-6 *', '* 8 * 7-12 *', false],
    ['* * * * *', '* 3 * * *', true],
  ])('%s and %s meet: %s', (a, b, meet) => {
    expect(schedulesOverlap(parseHourlyCron(a), parseHourlyCron(b))).toBe(meet);
    expect(schedulesOverlap(parseHourlyCron(b), parseHourlyCron(a))).toBe(meet);
  });
});

describe('regular expressions', () => {
  it.each(['^[a-z0-9](-?[a-z0-9])*$', '(?i)abc', '(?P<n>a)', '\\Aa\\z', '[[:alpha:]]', 'a\\\\1', '[(?=]'])(
    'takes %s',
    (text) => {
      expect(() => compileRe2(text)).not.toThrow();
    },
  );

  it.each(['a(?=b)', 'a(?!b)', '(?<=a)b', '(?<!a)b', '(a)\\1', '(?<n>a)\\k<n>', '(?>a)', 'a++', '(a', '[a'])(
    'refuses %s',
    (text) => {
      expect(() => compileRe2(text)).toThrow(/error parsing regexp/);
    },
  );
});

describe('docker normal forms', () => {
  it.each([
    ['2', '2.0'],
    ['2.0', '2.0'],
    ['1.50', '1.5'],
    ['0.25', '0.25'],
    ['two', undefined],
    ['-1', undefined],
  ])('cpus %s: %s', (written, normal) => {
    expect(normalCpus(written)).toBe(normal);
  });

  it.each([
    ['60s', '1m0s'],
    ['90m', '1h30m0s'],
    ['1500ms', '1.5s'],
    ['10ms', '10ms'],
    ['0', '0s'],
    ['0s', '0s'],
    ['1m30s', '1m30s'],
  ])('duration %s: %s', (written, normal) => {
    expect(normalDuration(written)).toBe(normal);
  });

  it('capabilities', () => {
    expect(['ALL', 'chown', 'CAP_CHOWN'].map(normalCapability)).toEqual(['ALL', 'CAP_CHOWN', 'CAP_CHOWN']);
  });
});
