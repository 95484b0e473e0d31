/** A terminal in a workspace that the real start-up script has set up, and servers that stand where a gateway should. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { say } from '../standins/anthropic';
import { settledAccount } from '../harness/platform';
import type { ThrowAwayWorkspace } from '../harness/throw-away-workspace';
import type { Platform } from '../start-up/support';

export const TOOLS = resolve(__dirname, '../../workspace-image/tools');

/** Milliseconds after which a tool counts as hanging, however busy the machine is. */
const LIMIT_MS = 120_000;

/**
 * Where a program that the image has is missing on a developer's machine, the tests are skipped and say why. On a
 * CI machine they run all the same, and fail.
 */
export function describeTools(name: string, needed: readonly string[], body: () => void): void {
  const missing = needed.filter((program) => spawnSync('which', [program]).status !== 0);
  if (missing.length === 0 || process.env.CI === 'true') describe(name, body);
  else describe.skip(`${name} (skipped: ${missing.join(', ')} not installed)`, body);
}

/** What a tool did. */
export interface Result {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class Terminal {
  /** @param environment what a terminal of the workspace has */
  private constructor(
    readonly home: string,
    readonly environment: Readonly<Record<string, string>>,
  ) {}

  static async open(workspace: ThrowAwayWorkspace): Promise<Terminal> {
    const { output } = await workspace.runInShell('env -0 | base64 -w 0');
    const entries = Buffer.from(output, 'base64')
      .toString()
      .split('\0')
      .filter((entry) => entry.includes('='))
      .map((entry): [string, string] => [
        entry.slice(0, entry.indexOf('=')),
        entry.slice(entry.indexOf('=') + 1),
      ]);
    return new Terminal(workspace.home, Object.fromEntries(entries));
  }

  /** The same workspace with a home of its own, to break. @param changes of the environment; undefined takes out */
  copy(home: string, changes: Readonly<Record<string, string | undefined>> = {}): Terminal {
    rmSync(home, { recursive: true, force: true });
    cpSync(this.home, home, { recursive: true, preserveTimestamps: true });
    return new Terminal(home, this.environment).with({ HOME: home, ...changes });
  }

  /** The same home with a changed environment; undefined takes a variable out. */
  with(changes: Readonly<Record<string, string | undefined>>): Terminal {
    const merged = Object.entries({ ...this.environment, ...changes });
    return new Terminal(
      this.home,
      Object.fromEntries(merged.filter((entry): entry is [string, string] => entry[1] !== undefined)),
    );
  }

  run(tool: string, ...args: string[]): Promise<Result> {
    return new Promise((done, fail) => {
      const child = spawn(join(TOOLS, tool), args, {
        cwd: this.home,
        env: this.environment,
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: LIMIT_MS,
        killSignal: 'SIGKILL',
      });
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
      child.once('error', fail);
      child.once('close', (status, signal) => {
        const stdout = Buffer.concat(out).toString();
        if (signal === 'SIGKILL')
          fail(new Error(`${tool} hangs: ended after ${LIMIT_MS / 1000} s\n${stdout}`));
        else done({ status: status ?? 1, stdout, stderr: Buffer.concat(err).toString() });
      });
    });
  }

  async json<T>(tool: string, ...args: string[]): Promise<T> {
    return JSON.parse((await this.run(tool, '--json', ...args)).stdout) as T;
  }

  read(path: string): string {
    return readFileSync(join(this.home, path), 'utf8');
  }

  write(path: string, text: string, mode = 0o600): void {
    const file = join(this.home, path);
    mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
    // A mode counts for a new file only.
    if (existsSync(file)) rmSync(file);
    writeFileSync(file, text, { mode });
  }

  get key(): string {
    return this.read('.config/ai-gateway/key').trim();
  }

  /** Points the workspace at another gateway, as its set-up would. */
  movedTo(url: string): Terminal {
    this.write('.config/ai-gateway/gateway', `${url}\n`);
    return this.with({ AI_GATEWAY_URL: url, OPENAI_API_BASE: `${url}/v1` });
  }
}

/** Runs the start-up script in a new home and opens a terminal there. */
export async function startWorkspace(
  platform: Platform,
  options: Parameters<Platform['workspace']>[0] = {},
  home?: string,
): Promise<Terminal> {
  const workspace = await platform.workspace(options, home);
  const { status, output } = await workspace.runScript('ai_setup');
  if (status !== 0) throw new Error(`the start-up script failed: ${output}`);
  return Terminal.open(workspace);
}

/**
 * Spends from the workspace's account, with the usage the provider reports, and sees it booked. The question is as long as its tokens: a
 * bill that the question cannot explain would close the key.
 */
export async function spend(
  platform: Platform,
  terminal: Terminal,
  usage: { readonly input_tokens: number; readonly output_tokens: number },
  model = 'claude-sonnet-4-5',
): Promise<void> {
  const uncached = { cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
  platform.standin.answer({ ...say('ok'), usage: { ...usage, ...uncached } });
  const response = await fetch(`${platform.gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${terminal.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model,
      max_tokens: Math.max(16, usage.output_tokens),
      messages: [{ role: 'user', content: 'x'.repeat(usage.input_tokens + 1) }],
    }),
  });
  if (response.status !== 200) throw new Error(await response.text());
  await response.text();
  await settledAccount(platform.gateway.url, terminal.key);
}

/** A server that is not our gateway. */
export interface Stranger {
  readonly url: string;
  readonly port: number;
  /** Requests that reached it: line and headers. */
  readonly contacts: string[];
  close(): Promise<void>;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export async function listen(answer: Answer, tls?: ServerOptions, host = '127.0.0.1'): Promise<Stranger> {
  const contacts: string[] = [];
  const handle: Answer = (request, response) => {
    contacts.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
    answer(request, response);
  };
  const server: Server = tls ? createTlsServer(tls, handle) : createServer(handle);
  await new Promise<void>((done) => server.listen(0, host, done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    contacts,
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

/** Answers the same to everything. */
export const always =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

/** An address where nothing listens, and that no other test is given meanwhile. */
export const closedPort = (): Promise<string> => Promise.resolve('http://127.0.0.1:1');

/** Moves the cursor, rings, renames the window, turns the direction of writing, ends the line. */
export const HOSTILE = '\u001b]0;pwned\u0007\u001b[2J\u009b31m\u202egnp.exe\r\nSpent: $0\u007f';

/** Nothing but printable text and line ends. */
export const HARMLESS = /^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]*$/;
