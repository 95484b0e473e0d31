/** A process of the benchmark: started, asked, and ended for certain. `parent.ts` is the side that is asked. */
import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Question, Reply } from './parent';

const ROOT = resolve(__dirname, '..');

export interface Runtime {
  readonly options: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** What `contractor-workspace gateway` starts Node.js with: `exec env NAME=value… node …options… "$root/…`. */
export function runtimeOfGateway(): Runtime {
  const script = readFileSync(join(ROOT, 'bin/contractor-workspace'), 'utf8');
  const words = /^ *(exec env .*) "\$root/m.exec(script)?.[1]?.split(' ') ?? [];
  const node = words.indexOf('node');
  if (node === -1) throw new Error('bin/contractor-workspace does not say what the gateway runs with');
  return {
    options: ['--require', join(ROOT, 'scripts/register-typescript.cjs'), ...words.slice(node + 1)],
    environment: Object.fromEntries(
      words
        .slice(0, node)
        .flatMap((word) => (word.includes('=') ? [word.split('=') as [string, string]] : [])),
    ),
  };
}

const START_LIMIT_MS = 60_000;
const ANSWER_LIMIT_MS = 30_000;
/** Time to book what is open and to end an embedded Postgres. */
const END_LIMIT_MS = 20_000;
/** Characters of the last words that an error shows. */
const LAST_WORDS = 4_000;

export class Child {
  readonly #process: ChildProcess;
  readonly #open = new Map<number, (answer: unknown) => void>();
  #words = '';
  #number = 0;
  #failed: (fault: Error) => void = () => {};
  /** Rejects when the process ends unasked. */
  readonly failure: Promise<never>;
  #isEnding = false;

  private constructor(process: ChildProcess, name: string) {
    this.#process = process;
    this.failure = new Promise((_, reject) => (this.#failed = reject));
    this.failure.catch(() => {});
    const listen = (text: Buffer): void => {
      this.#words = (this.#words + text.toString()).slice(-LAST_WORDS);
    };
    process.stdout?.on('data', listen);
    process.stderr?.on('data', listen);
    process.on('message', (reply: Reply) => {
      if ('number' in reply) this.#open.get(reply.number)?.(reply.answer);
    });
    process.once('exit', (code, signal) => {
      if (!this.#isEnding) this.#failed(new Error(`${name} ended (${code ?? signal}):\n${this.#words}`));
    });
  }

  /** @returns the process and where it listens */
  static async start(
    program: string,
    args: readonly string[] = [],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<{ child: Child; url: string }> {
    const path = join(__dirname, program);
    const { PATH = '', HOME = '', TMPDIR } = process.env;
    const runtime = runtimeOfGateway();
    const started = fork(path, [...args], {
      cwd: ROOT,
      // Nothing of the caller's settings for a gateway may get into the one that is measured.
      env: {
        PATH,
        HOME,
        ...(TMPDIR === undefined ? {} : { TMPDIR }),
        ...runtime.environment,
        ...environment,
      },
      execArgv: [...runtime.options],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const child = new Child(started, program);
    const listening = new Promise<string>((found) =>
      started.on('message', (reply: Reply) => 'url' in reply && found(reply.url)),
    );
    try {
      const url = await child.#within(START_LIMIT_MS, `${program} did not start`, listening);
      return { child, url };
    } catch (fault) {
      await child.close();
      throw fault;
    }
  }

  async ask<T>(name: string, value?: unknown): Promise<T> {
    const number = (this.#number += 1);
    const answered = new Promise<unknown>((resolve) => this.#open.set(number, resolve));
    const question: Question = { number, name, value };
    this.#process.send(question);
    try {
      return (await this.#within(ANSWER_LIMIT_MS, `no answer to "${name}"`, answered)) as T;
    } finally {
      this.#open.delete(number);
    }
  }

  /** Asks it to end, then makes it. */
  async close(): Promise<void> {
    this.#isEnding = true;
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise<void>((done) => this.#process.once('exit', () => done()));
    if (this.#process.connected) this.#process.disconnect();
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), END_LIMIT_MS);
    await ended;
    clearTimeout(timer);
  }

  async #within<T>(limitMs: number, what: string, awaited: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`${what} within ${limitMs / 1000} s:\n${this.#words}`)),
        limitMs,
      );
    });
    try {
      return await Promise.race([awaited, late, this.failure]);
    } finally {
      clearTimeout(timer);
    }
  }
}
