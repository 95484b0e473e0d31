/** `npm run bench`: what the gateway costs beyond handing calls through. */
import { writeFile } from 'node:fs/promises';
import { runProgram } from '../src/program';
import { openArena } from './arena';
import { measureCase, type CaseResult } from './measure';
import { HELP, readOptions } from './options';
import { showCase, toJson } from './report';

runProgram(async () => {
  const { cases, seconds, rate, jsonFile, profile, help } = readOptions(process.argv.slice(2));
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  const arena = await openArena(process.env['BENCH_DATABASE_URL']);
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => reject(new Error(`stopped by ${signal}`)));
  });
  interrupted.catch(() => {});
  const results: CaseResult[] = [];
  try {
    for (const each of cases) {
      const measured = measureCase(arena, each, { seconds, rate, profile });
      const result = await Promise.race([measured, interrupted]);
      results.push(result);
      process.stdout.write(showCase(result));
    }
  } finally {
    await arena.close();
  }
  if (jsonFile !== undefined)
    await writeFile(jsonFile, `${JSON.stringify(toJson(results, { seconds, rate }), null, 2)}\n`);
});
