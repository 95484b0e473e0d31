/** The commands of the platform as a person runs them: a process, its words, its exit code, its signals. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const MAIN = join(__dirname, 'command-main.ts');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunWords {
  readonly environment?: Readonly<Record<string, string>>;
  /** Sends Ctrl-C once this is in what it says, so many milliseconds later. */
  readonly stopAt?: { readonly text: string; readonly afterMs?: number };
  /** Called once that is in what it says. */
  readonly when?: { readonly text: string; readonly then: () => void };
}

export function runCommand(
  command: 'up' | 'upgrade' | 'down',
  words: object,
  { environment = {}, stopAt, when }: RunWords = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--require', 'tsx/cjs', MAIN, command, JSON.stringify(words)], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    let isStopped = false;
    let isTold = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      if (process.env.TEST_SHOW) process.stderr.write(text);
      if (when !== undefined && !isTold && stderr.includes(when.text)) {
        isTold = true;
        when.then();
      }
      if (stopAt === undefined || isStopped || !stderr.includes(stopAt.text)) return;
      isStopped = true;
      setTimeout(() => child.kill('SIGINT'), stopAt.afterMs ?? 0);
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}
