/** An engine that answers what a test says, on a socket of its own. */
import { createServer, type Server } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '../../../platform/engine';

export type Answers = Readonly<Record<string, unknown>>;

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

  /** @param answers by path without version and query; what is not there is 404 */
  static async start(answers: Answers): Promise<FakeEngine> {
    const folder = mkdtempSync(join(tmpdir(), 'engine-'));
    const socket = join(folder, 'engine.sock');
    const asked: string[] = [];
    const server = createServer((request, response) => {
      const path = (request.url ?? '').replace(/^\/v1\.\d+/, '').replace(/\?.*$/, '');
      asked.push(`${request.method} ${request.url}`);
      request.resume();
      const answer =
        answers[`${request.method} ${path}`] ?? (request.method === 'GET' ? answers[path] : undefined);
      response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer ?? { message: `no such thing: ${path}` }));
    });
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    return new FakeEngine(server, folder, new Engine(`unix://${socket}`), asked);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
