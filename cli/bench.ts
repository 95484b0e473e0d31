/** `npm run bench`: what the gateway costs beyond handing calls through. */
import { writeFile } from 'node:fs/promises';
import { runProgram } from '../terminal/program';
import { onStopSignal } from '../terminal/stop-signals';
import { openArena } from '../bench/arena';
import { measureCase, type CaseResult } from '../bench/measure';
import { HELP, readOptions } from '../bench/options';
import { showCase, toJson } from '../bench/report';

runProgram(async () => {
  const { cases, seconds, rate, jsonFile, profile, help } = readOptions(process.argv.slice(2));
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  let quit = (): void => {};
  const interrupted = new Promise<never>((_, reject) => {
    quit = onStopSignal((signal) => reject(new Error(`stopped by ${signal}`)));
  });
  interrupted.catch(() => {});
  const opening = openArena(process.env['BENCH_DATABASE_URL']);
  const results: CaseResult[] = [];
  try {
    const arena = await Promise.race([opening, interrupted]);
    for (const each of cases) {
      const measured = measureCase(arena, each, { seconds, rate, profile });
      const result = await Promise.race([measured, interrupted]);
      results.push(result);
      process.stdout.write(showCase(result));
    }
  } finally {
    // What is being opened is closed once it is open.
    await opening.then(
      (arena) => arena.close(),
      () => {},
    );
    quit();
  }
  if (jsonFile !== undefined)
    await writeFile(jsonFile, `${JSON.stringify(toJson(results, { seconds, rate }), null, 2)}\n`);
});
