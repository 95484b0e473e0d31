/** Docker's engine by its own interface, over the socket that DOCKER_HOST names: what it refuses, it says in its words. */
import { request, type IncomingMessage, type RequestOptions } from 'node:http';
import type { Socket } from 'node:net';
import { CliError } from '../terminal/fault';
import { withoutFrames } from './stream-frames';

/** That of engine 20.10: https://docs.docker.com/reference/api/engine/#api-version-matrix. */
const OLDEST_API = '1.41';
/** The newest that this was written for; an engine that is newer speaks it as well, or says the oldest it speaks. */
const NEWEST_API = '1.51';
/** Milliseconds in which an engine answers an ordinary question, however busy its disk is. */
const PATIENCE_MS = 120_000;
/** Bytes of an answer that is read whole. */
const LONGEST_ANSWER = 64 * 1024 * 1024;

const SOCKET = '/var/run/docker.sock';

/** Whether an interface is older than another: "1.9" than "1.41". */
const isOlder = (version: string, than: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [least = 0, leastMinor = 0] = than.split('.').map(Number);
  return major < least || (major === least && minor < leastMinor);
};

interface EngineVersion {
  readonly Version: string;
  readonly ApiVersion: string;
  readonly MinAPIVersion?: string;
}

export interface EngineAnswer {
  readonly status: number;
  readonly body: string;
}

interface Asking {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the answer begins; 0: as long as it takes. */
  readonly timeout?: number;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
type Body = Buffer | object;

/** What was run in a container. */
export interface ExecResult {
  readonly exitCode: number;
  readonly output: string;
}

export interface ExecOptions {
  readonly user?: string;
  /** Text by name: in no argument and no log. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What it writes to standard output, as it comes. @default - kept in the result */
  readonly onOutput?: (chunk: Buffer) => void | Promise<void>;
  /** What it reads. @default - nothing */
  readonly input?: AsyncIterable<Buffer>;
  readonly signal?: AbortSignal;
}

/** It is said at the first question what is wrong with the engine, and what to do. */
export class Engine {
  private readonly way: Pick<RequestOptions, 'socketPath' | 'host' | 'port'>;
  /** For messages. */
  readonly address: string;
  private until: AbortSignal | undefined;
  private agreed: Promise<{ version: string; api: string }> | undefined;

  /** @throws CliError when DOCKER_HOST cannot be understood */
  constructor(dockerHost = process.env.DOCKER_HOST ?? '') {
    this.address = dockerHost === '' ? `unix://${SOCKET}` : dockerHost;
    if (this.address.startsWith('unix://')) {
      this.way = { socketPath: this.address.slice('unix://'.length) };
      return;
    }
    const url = URL.canParse(this.address) ? new URL(this.address) : undefined;
    if (url?.protocol !== 'tcp:' || url.port === '' || process.env.DOCKER_TLS_VERIFY)
      throw new CliError(
        `DOCKER_HOST must be "unix:///path/of/a.sock" or "tcp://127.0.0.1:2375", got "${this.address.slice(0, 200)}": run this on the Docker host itself.`,
      );
    this.way = { host: url.hostname, port: url.port };
  }

  /** From now on no question outlives it; what changes something is done to its end. */
  asksUntil(stop: AbortSignal): this {
    this.until = stop;
    return this;
  }

  /** Its version, and that of its interface that is spoken. @throws CliError when it is too old */
  version(): Promise<{ version: string; api: string }> {
    return (this.agreed ??= this.agree());
  }

  private async agree(): Promise<{ version: string; api: string }> {
    const answer = await this.send('GET', '/version');
    const said = JSON.parse(await whole(answer)) as EngineVersion;
    const { Version: version, ApiVersion: newest, MinAPIVersion: oldest = '1.12' } = said;
    if (isOlder(newest, OLDEST_API))
      throw new CliError(
        `The Docker engine at ${this.address} is ${version.slice(0, 40)}, which is too old: install 20.10 or newer (docs.docker.com/engine/install).`,
      );
    const wanted = isOlder(newest, NEWEST_API) ? newest : NEWEST_API;
    return { version, api: isOlder(wanted, oldest) ? oldest : wanted };
  }

  /** @returns the answer, whatever its status */
  async ask(method: Method, path: string, body?: Body): Promise<EngineAnswer> {
    const answer = await this.open(method, path, body);
    return { status: answer.statusCode ?? 0, body: await whole(answer) };
  }

  /** @throws CliError with the engine's own words */
  async get<Answer>(path: string): Promise<Answer> {
    return JSON.parse(await this.must('GET', path)) as Answer;
  }

  /** @returns nothing where there is no such thing @throws CliError with the engine's own words */
  async find<Answer>(path: string): Promise<Answer | undefined> {
    const { status, body } = await this.ask('GET', path);
    if (status === 404) return undefined;
    if (status >= 400) throw refusal('GET', path, status, body);
    return JSON.parse(body) as Answer;
  }

  /** @throws CliError with the engine's own words */
  async post<Answer = void>(path: string, body?: Body): Promise<Answer> {
    const text = await this.must('POST', path, body);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }

  /** @throws CliError with the engine's own words */
  async must(method: Method, path: string, body?: Body): Promise<string> {
    const answer = await this.ask(method, path, body);
    if (answer.status >= 400) throw refusal(method, path, answer.status, answer.body);
    return answer.body;
  }

  /** What a container has written, its two streams in one. @param onText called as it comes */
  async logs(
    container: string,
    query: Readonly<Record<string, string>>,
    onText: (chunk: Buffer) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    const words = new URLSearchParams({ stdout: '1', stderr: '1', ...query });
    const path = `/containers/${encodeURIComponent(container)}/logs?${words.toString()}`;
    const answer = await this.open('GET', path, undefined, { signal, timeout: 0 });
    if ((answer.statusCode ?? 0) >= 400) {
      let said = '';
      for await (const chunk of answer) said += String(chunk).slice(0, 1_000);
      throw refusal('GET', path, answer.statusCode ?? 0, said);
    }
    for await (const { content } of withoutFrames(answer as AsyncIterable<Buffer>)) onText(content);
  }

  /** Runs a program in a container. Its words on standard error are in the output always. */
  async exec(container: string, command: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const { environment = {}, user, onOutput, input, signal } = options;
    const { Id: id } = await this.post<{ Id: string }>(`/containers/${encodeURIComponent(container)}/exec`, {
      Cmd: command,
      Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      ...(user !== undefined && { User: user }),
      AttachStdin: input !== undefined,
      AttachStdout: true,
      AttachStderr: true,
    });
    const socket = await this.hijack(`/exec/${id}/start`, { Detach: false, Tty: false });
    const stop = (): void => void socket.destroy();
    signal?.addEventListener('abort', stop);
    // It may have come while the engine was asked.
    if (signal?.aborted) stop();
    let output = '';
    try {
      // What the program has not read by its end nobody waits for.
      if (input !== undefined) send(socket, input).catch(() => {});
      for await (const { stream, content } of withoutFrames(socket as AsyncIterable<Buffer>)) {
        if (stream === 'stdout' && onOutput !== undefined) await onOutput(content);
        else output = (output + content.toString('utf8')).slice(-100_000);
      }
      signal?.throwIfAborted();
    } finally {
      signal?.removeEventListener('abort', stop);
      socket.destroy();
    }
    const { ExitCode: exitCode } = await this.get<{ ExitCode: number | null }>(`/exec/${id}/json`);
    return { exitCode: exitCode ?? 1, output };
  }

  private async open(method: Method, path: string, body?: Body, more: Asking = {}): Promise<IncomingMessage> {
    const { api } = await this.version();
    return this.send(method, `/v${api}${path}`, body, more);
  }

  private send(method: Method, path: string, body?: Body, more: Asking = {}): Promise<IncomingMessage> {
    const bytes =
      body === undefined ? undefined : Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
    const { timeout = PATIENCE_MS, signal = method === 'GET' ? this.until : undefined } = more;
    return new Promise((resolve, reject) => {
      const asked = request(
        {
          ...this.way,
          method,
          path,
          ...(signal !== undefined && { signal }),
          headers: {
            ...(bytes && {
              'content-type': Buffer.isBuffer(body) ? 'application/x-tar' : 'application/json',
              'content-length': bytes.length,
            }),
          },
        },
        (answer) => {
          asked.setTimeout(0);
          resolve(answer);
        },
      );
      if (timeout > 0 && !path.endsWith('/wait'))
        asked.setTimeout(timeout, () => asked.destroy(new Error('no answer in time')));
      asked.once('error', (fault: NodeJS.ErrnoException) =>
        reject(signal?.aborted ? (signal.reason as Error) : this.unreachable(fault)),
      );
      asked.end(bytes);
    });
  }

  /** A connection that is handed over after the answer's head: its streams go both ways. */
  private async hijack(path: string, body: object): Promise<Socket> {
    const { api } = await this.version();
    const bytes = Buffer.from(JSON.stringify(body));
    return new Promise((resolve, reject) => {
      const asked = request({
        ...this.way,
        method: 'POST',
        path: `/v${api}${path}`,
        headers: {
          connection: 'Upgrade',
          upgrade: 'tcp',
          'content-type': 'application/json',
          'content-length': bytes.length,
        },
      });
      asked.once('upgrade', (_, socket, head) => {
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
      });
      asked.once('response', (answer) => {
        answer.resume();
        reject(new CliError(`The engine does not run a program in a container: HTTP ${answer.statusCode}.`));
      });
      asked.once('error', (fault: NodeJS.ErrnoException) => reject(this.unreachable(fault)));
      asked.end(bytes);
    });
  }

  private unreachable({ code, message }: NodeJS.ErrnoException): CliError {
    const { address } = this;
    if (code === 'ENOENT' || code === 'ECONNREFUSED')
      return new CliError(
        `No Docker engine answers at ${address}: start it (sudo systemctl start docker), install it (docs.docker.com/engine/install), or name another by DOCKER_HOST.`,
      );
    if (code === 'EACCES' || code === 'EPERM')
      return new CliError(
        `You may not use the Docker engine at ${address}: join its group (sudo usermod -aG docker "$USER", then sign in anew). Whoever is in that group has this host.`,
      );
    return new CliError(`The Docker engine at ${address} does not answer: ${code ?? message}.`);
  }
}

async function whole(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer) {
    length += (chunk as Buffer).length;
    if (length > LONGEST_ANSWER) throw new CliError('The engine answers with more than can be read.');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function send(socket: Socket, input: AsyncIterable<Buffer>): Promise<void> {
  for await (const chunk of input)
    if (!socket.write(chunk))
      await new Promise<void>((done) => {
        socket.once('drain', done).once('close', done);
      });
  socket.end();
}

/** The engine's words, of bounded length. */
function refusal(method: Method, path: string, status: number, body: string): CliError {
  let says = body.slice(0, 1_000);
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    if (typeof message === 'string') says = message.slice(0, 1_000);
  } catch {
    // No JSON: as it came.
  }
  return new CliError(
    `The engine refuses ${method} ${path.split('?')[0]} (${status}): ${says}`,
    undefined,
    status,
  );
}
