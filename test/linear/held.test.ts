import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { inTurns } from '../../gateway/concurrency/in-turns';

const run = promisify(execFile);
const ROOT = resolve(__dirname, '../..');

/**
 * Milliseconds of CPU. It is 400 at most where this was written; a slower machine takes three times as long, and work
 * that grows with the square of a body takes minutes.
 */
const LONGEST_MS = 1_500;

test('no body of 32 MiB holds the event loop for long, nor does a stream that comes byte by byte', async () => {
  const { stdout } = await run(
    process.execPath,
    [
      '--max-semi-space-size=32',
      '--require',
      './scripts/register-typescript.cjs',
      join(__dirname, 'held-child.ts'),
    ],
    { cwd: ROOT },
  );
  const { bodies, streams } = JSON.parse(stdout) as Record<'bodies' | 'streams', Record<string, number>>;
  const longest = [...Object.entries(bodies), ...Object.entries(streams)];
  expect(longest.length).toBeGreaterThan(10);
  expect(longest.filter(([, ms]) => ms > LONGEST_MS)).toEqual([]);
});

describe('between the steps of the work on a body', () => {
  const turnsDuring = async (bytes: number): Promise<string[]> => {
    const seen: string[] = [];
    setImmediate(() => seen.push('another'));
    function* steps(): Generator<void> {
      seen.push('first');
      yield;
      seen.push('second');
    }
    await inTurns(steps(), bytes);
    return seen;
  };

  test('others have their turn when it is large', async () => {
    expect(await turnsDuring(32 * 1024 * 1024)).toEqual(['first', 'another', 'second']);
  });

  test('nobody is waited for when it is small', async () => {
    expect(await turnsDuring(100_000)).toEqual(['first', 'second']);
  });
});
