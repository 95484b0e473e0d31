/** Runs mutated cases in a process of their own, which may crash, hang or run out of memory. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** Megabytes of heap: enough for any single case, and soon full when something is kept from case to case. */
const MOST_HEAP = 256;
/** Milliseconds without a step of a thousand cases, on a busy machine, that mean: it hangs. */
const SILENCE_MS = 120_000;

export interface Line {
  readonly progress?: string;
  readonly target?: string;
  readonly cases?: number;
  readonly taken?: number;
  readonly fault?: string;
}

export interface Run {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly results: readonly Line[];
  /** What it was at when it ended or was ended. */
  readonly last: string;
  readonly errors: string;
}

/** Of a run in which nothing went wrong but what its results say. */
export const WELL_ENDED = { status: 0, signal: null, errors: '', last: expect.any(String) as string };

export interface Asked {
  /** As `--cases` counts them. */
  readonly cases: number;
  readonly targets: readonly string[];
  readonly seed: string | undefined;
}

export function runCases({ cases, targets, seed }: Asked): Promise<Run> {
  return new Promise((done, reject) => {
    const program = [`--max-old-space-size=${MOST_HEAP}`, '--import', 'tsx', resolve(__dirname, 'main.ts')];
    const options = [
      ...['--cases', String(cases)],
      ...targets.flatMap((target) => ['--target', target]),
      ...(seed === undefined ? [] : ['--seed', seed]),
    ];
    const child = spawn(process.execPath, [...program, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
    let watch: NodeJS.Timeout | undefined;
    const rewind = (): void => {
      clearTimeout(watch);
      watch = setTimeout(() => child.kill('SIGKILL'), SILENCE_MS);
    };
    rewind();
    const results: Line[] = [];
    let last = 'nothing yet';
    let errors = '';
    child.stderr.on('data', (text: Buffer) => (errors = (errors + text.toString()).slice(-4_000)));
    createInterface({ input: child.stdout }).on('line', (text) => {
      rewind();
      last = text.slice(0, 200);
      const line = JSON.parse(text) as Line;
      if (line.target !== undefined) results.push(line);
    });
    child.once('error', reject);
    child.once('close', (status, signal) => {
      clearTimeout(watch);
      done({ status, signal, results, last, errors });
    });
  });
}
