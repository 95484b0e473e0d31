/** One event is one line, whatever strangers put into it. */
import { createLogger, LOG_LEVELS } from '../../gateway/log';

const lines: string[] = [];
const logger = createLogger('debug', (line) => lines.push(line));
beforeEach(() => void lines.splice(0));

/** Everything that ends a line, moves a cursor or turns text around for some reader of logs. */
const CONTROLS = [
  ...Array.from({ length: 0x20 }, (_, code) => String.fromCharCode(code)),
  ...Array.from({ length: 0x21 }, (_, code) => String.fromCharCode(0x7f + code)),
  ...[
    '\u2028',
    '\u2029',
    '\u202a',
    '\u202e',
    '\u2066',
    '\u2069',
    '\u200e',
    '\u200f',
    '\u061c',
    '\ud800',
    '\udfff',
  ],
];

test('a text comes back as it was, and none of it is there unescaped', () => {
  const hostile = `a${CONTROLS.join('b')}{"level":"error"}`;
  logger.info(hostile, { path: hostile, deep: { list: [hostile] } });
  const [line = ''] = lines;
  expect(line.endsWith('}\n')).toBe(true);
  for (const control of CONTROLS) expect(line.slice(0, -1).includes(control)).toBe(false);
  expect(JSON.parse(line)).toMatchObject({ msg: hostile, path: hostile, deep: { list: [hostile] } });
});

test('words of every language stay readable', () => {
  logger.info('ä ß é 漢字 😀 עברית');
  expect(lines[0]).toContain('ä ß é 漢字 😀 עברית');
});

test.each([
  ['a text', 'x'.repeat(5_000_000)],
  ['a list', Array.from({ length: 100_000 }, (_, at) => `entry ${at}`)],
  ['lists in lists', Array.from({ length: 300 }, () => Array.from({ length: 300 }, () => 'x'.repeat(50)))],
  ['an object', Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`name-${at}`, at]))],
  ['a long name', { ['n'.repeat(1_000_000)]: 1 }],
  ['controls', '\u2028'.repeat(1_000_000)],
])('a line with %s that has no end is cut, and still is one', (_, detail) => {
  logger.warn('odd', { request_id: 'r-1', detail });
  const [line = ''] = lines;
  expect(line.length).toBeLessThan(100_000);
  expect(JSON.parse(line)).toMatchObject({ level: 'warn', msg: 'odd', request_id: 'r-1' });
});

test('what is no longer than it may be is left whole', () => {
  const detail = Array.from({ length: 100 }, (_, at) => `fault ${at}: ${'x'.repeat(100)}`);
  logger.warn('odd', { detail });
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ detail });
});

test('the least level changes while it is written to', () => {
  const written = (): string[] => {
    lines.splice(0);
    for (const level of LOG_LEVELS) logger[level]('said');
    return lines.map((line) => (JSON.parse(line) as { level: string }).level);
  };
  for (const [at, level] of LOG_LEVELS.entries()) {
    logger.threshold = level;
    expect([logger.threshold, written()]).toEqual([level, LOG_LEVELS.slice(at)]);
  }
  logger.threshold = 'debug';
});
