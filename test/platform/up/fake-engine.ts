/** An engine that answers what a test says, on a socket of its own. */
import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '../../../platform/engine';

export type Answers = Readonly<Record<string, unknown>>;

/** In the place of an answer: there is none. */
export const SILENCE = Symbol('silence');

export const WELL: Answers = {
  '/version': { Version: '27.1.0', ApiVersion: '1.46', MinAPIVersion: '1.24' },
  '/info': {
    OSType: 'linux',
    MemTotal: 16 * 1024 ** 3,
    DockerRootDir: '/nowhere/that/is',
    get SystemTime() {
      return new Date().toISOString();
    },
  },
  '/containers/json': [],
  '/networks': [],
};

export class FakeEngine {
  private constructor(
    private readonly server: Server,
    private readonly folder: string,
    readonly engine: Engine,
    /** Method and path of each question. */
    readonly asked: readonly string[],
  ) {}

  /**
   * @param answers by path without version and query; what is not there is 404
   * @param runs what stands for a program that is run in a container. @default - none is
   */
  static async start(answers: Answers, runs?: Runs): Promise<FakeEngine> {
    const folder = mkdtempSync(join(tmpdir(), 'engine-'));
    const socket = join(folder, 'engine.sock');
    const asked: string[] = [];
    const server = createServer((request, response) => {
      const path = (request.url ?? '').replace(/^\/v1\.\d+/, '').replace(/\?.*$/, '');
      asked.push(`${request.method} ${request.url}`);
      if (runs !== undefined && /\/exec(\/|$)/.test(path)) return programs.answer(path, request, response);
      request.resume();
      const answer =
        answers[`${request.method} ${path}`] ?? (request.method === 'GET' ? answers[path] : undefined);
      if (answer === SILENCE) return;
      response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer ?? { message: `no such thing: ${path}` }));
    });
    const programs = new Programs(runs);
    server.on('upgrade', (request, stream) => programs.run(request.url ?? '', stream));
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    return new FakeEngine(server, folder, new Engine(`unix://${socket}`), asked);
  }

  /** For DOCKER_HOST. */
  get address(): string {
    return this.engine.address;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export type Runs = (container: string, command: readonly string[]) => readonly string[];

/** Programs in containers, as the engine runs them: one connection for what they read and write, in frames. */
class Programs {
  private readonly commands: { readonly command: readonly string[]; exitCode: number | null }[] = [];

  constructor(private readonly runs: Runs = () => ['false']) {}

  answer(path: string, request: IncomingMessage, response: ServerResponse): void {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.once('end', () => {
      const container = /^\/containers\/([^/]+)\/exec$/.exec(path)?.[1];
      response.writeHead(200, { 'content-type': 'application/json' });
      if (container === undefined) {
        const { exitCode } = this.commands[numberIn(path)] ?? { exitCode: 1 };
        return response.end(JSON.stringify({ ExitCode: exitCode }));
      }
      const { Cmd: command } = JSON.parse(text) as { Cmd: string[] };
      this.commands.push({ command: this.runs(container, command), exitCode: null });
      response.end(JSON.stringify({ Id: `e${this.commands.length - 1}` }));
    });
  }

  run(url: string, stream: Duplex): void {
    const asked = this.commands[numberIn(url)];
    const [program = 'false', ...words] = asked?.command ?? [];
    const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'pipe'] });
    stream.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n');
    stream.on('error', () => {});
    child.stdin.on('error', () => {});
    // What is sent along with the question stands before what the program reads.
    stream.pipe(child.stdin);
    stream.once('close', () => child.stdin.end());
    const framed = (number: number) => (chunk: Buffer) => {
      const head = Buffer.alloc(8);
      head[0] = number;
      head.writeUInt32BE(chunk.length, 4);
      stream.write(Buffer.concat([head, chunk]));
    };
    child.stdout.on('data', framed(1));
    child.stderr.on('data', framed(2));
    child.once('close', (code) => {
      if (asked) asked.exitCode = code ?? 1;
      stream.end();
    });
  }
}

const numberIn = (path: string): number => Number(/\/exec\/e(\d+)\//.exec(path)?.[1] ?? -1);
