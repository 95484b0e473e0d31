/** Measures case after case, and ends what it started however that ends. */
import { writeFile } from 'node:fs/promises';
import { onStopSignal } from '../terminal/stop-signals';
import { Stopped } from '../terminal/stopped';
import { openArena } from './arena';
import { measureCase, type CaseResult } from './measure';
import { casesNamed, type BenchWords } from './options';
import { showCase, toJson } from './report';

export async function runBench(words: BenchWords): Promise<void> {
  const { seconds, rate, json, profile = false } = words;
  const cases = casesNamed(words.case);
  let quit = (): void => {};
  const interrupted = new Promise<never>((_, reject) => {
    quit = onStopSignal((signal) => reject(new Stopped(signal)));
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
  if (json !== undefined)
    await writeFile(json, `${JSON.stringify(toJson(results, { seconds, rate }), null, 2)}\n`);
}
