import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { READ as CHAT_FIELDS } from '../../gateway/protocols/openai-chat/read-request';
import { READ as COMPLETION_FIELDS } from '../../gateway/protocols/openai-completions/read-request';
import { CALL_FIELDS, COUNT_FIELDS } from '../../gateway/protocols/anthropic-messages/top-level-fields';
import { WHOLE_REQUESTS } from './whole-requests';
import type { Grown } from './growth-child';

const run = promisify(execFile);
const ROOT = resolve(__dirname, '../..');
const OUTPUT_BYTES = 64 * 1024 * 1024;

/** Of one doubling's work to that of the one before: two where work grows as what was sent, four where it grows as its square. */
const MOST = 3;
/** Steps; a room that doubles now and then, and what is done once, are no growth. */
const SLACK = 5_000;

async function measure(part: string): Promise<Grown[]> {
  const { stdout } = await run(
    process.execPath,
    [
      ...['--require', './scripts/register-typescript.cjs', '--require', './test/linear/count-work.cjs'],
      join(__dirname, 'growth-child.ts'),
      part,
    ],
    { cwd: ROOT, maxBuffer: OUTPUT_BYTES },
  );
  return JSON.parse(stdout) as Grown[];
}

/** By the three largest: at small sizes it also shows where a rule for large ones begins. */
function growsFaster({ work, ends }: Grown): boolean {
  const [, two = 0, four = 0, eight = 0] = work;
  // What is refused from some size on was not gone through.
  if (ends[1] !== ends[3]) return false;
  return eight - four > MOST * (four - two) + SLACK;
}

describe('work grows as what was sent, not faster', () => {
  test.each([
    ['requests', 1_000],
    ['crossed', 40],
    ['streams', 2_000],
    ['answers', 2_000],
  ])('%s', async (part, least) => {
    const grown = await measure(part);
    expect(grown.length).toBeGreaterThan(least);
    expect(grown.filter(growsFaster)).toEqual([]);
    // A counter that has come loose counts nothing.
    const busy = grown.filter(({ work: [first = 0, , , last = 0] }) => last > first * 1.5);
    expect(busy.length).toBeGreaterThan(grown.length / 4);
  });
});

test.each([
  ['openai-chat', CHAT_FIELDS],
  ['openai-completions', COMPLETION_FIELDS],
  ['anthropic-messages', CALL_FIELDS],
  ['anthropic-count-tokens', COUNT_FIELDS],
])('the bodies of %s have every member that is read', (name, fields) => {
  const sent = new Set((WHOLE_REQUESTS[name] ?? []).flatMap(({ body }) => Object.keys(body)));
  expect([...fields].filter((field) => !sent.has(field))).toEqual([]);
});
