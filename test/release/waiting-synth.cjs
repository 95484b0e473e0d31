/**
 * Loaded into every process of a run: one that synthesizes writes its number into RELEASE_TEST_STARTED, a line each, and
 * waits until there is a file RELEASE_TEST_GO. Nothing else is held up.
 */
const { appendFileSync, existsSync } = require('node:fs');

/** Milliseconds; a test that has died lets nobody wait for ever. */
const LONGEST = 240_000;

const program = process.argv[1] ?? '';
if (/[\\/](src[\\/]main|examples[\\/][\w-]+)\.ts$/.test(program)) {
  appendFileSync(process.env.RELEASE_TEST_STARTED, `${process.pid}\n`);
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; waited < LONGEST && !existsSync(process.env.RELEASE_TEST_GO); waited += 50)
    Atomics.wait(cell, 0, 0, 50);
  if (process.env.RELEASE_TEST_FAILS === 'yes') throw new Error('this program is broken');
}
