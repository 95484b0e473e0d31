import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** `npm run test:fuzz` runs many more. */
const CASES = Number(process.env['FUZZ_CASES'] ?? 100_000);
const SEED = process.env['FUZZ_SEED'];
/** Megabytes of heap: enough for any single case, and soon full when something is kept from case to case. */
const MOST_HEAP = 256;
/** Milliseconds without a step of a thousand cases, on a busy machine, that mean: it hangs. */
const SILENCE_MS = 120_000;

interface Line {
  readonly progress?: string;
  readonly target?: string;
  readonly cases?: number;
  readonly taken?: number;
  readonly fault?: string;
}

interface Run {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly results: readonly Line[];
  /** What it was at when it ended or was ended. */
  readonly last: string;
  readonly errors: string;
}

/** Runs the cases in a process of their own, which may crash, hang or run out of memory. */
function runCases(): Promise<Run> {
  return new Promise((done, reject) => {
    const program = [`--max-old-space-size=${MOST_HEAP}`, '--import', 'tsx', resolve(__dirname, 'main.ts')];
    const asked = ['--cases', String(CASES), ...(SEED === undefined ? [] : ['--seed', SEED])];
    const child = spawn(process.execPath, [...program, ...asked], { stdio: ['ignore', 'pipe', 'pipe'] });
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

test(
  'whatever clients and providers send is answered or refused: no fault of ours, no end without a word, no growth',
  async () => {
    const { results, ...end } = await runCases();
    // Shown whole when it fails: the fault, the seed, and the smallest case that has it.
    expect(results.filter(({ fault }) => fault !== undefined)).toEqual([]);
    expect(end).toEqual({ status: 0, signal: null, errors: '', last: expect.any(String) as string });
    expect(results.map(({ target }) => target)).toEqual(['requests', 'streams', 'answers']);
    // Most of the code is behind the first checks: what is refused at the door alone would try nothing.
    for (const { cases = 0, taken = 0 } of results) expect(taken).toBeGreaterThan(cases / 20);
    const run = results.reduce((sum, { cases = 0 }) => sum + cases, 0);
    expect(run).toBeGreaterThanOrEqual(CASES);
  },
  Math.max(600_000, CASES * 10),
);
