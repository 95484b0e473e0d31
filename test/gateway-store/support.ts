import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import type { EmbeddedPostgres, EmbeddedPostgresOptions } from '../../gateway/store/embedded';
import { startEmbeddedPostgres } from '../../gateway/store/embedded';

export type Connection = EmbeddedPostgres['connection'];

export const repository = resolve(__dirname, '../..');
export const isRoot = process.getuid?.() === 0;
export const isLinux = process.platform === 'linux';

/** Why a test that becomes another user, or shuts one out, cannot run here. */
export const needsRoot = isRoot ? undefined : 'only root can become another user';

/** A test that some machines cannot run says in its name why it was skipped. */
export function testUnless(reason: string | undefined, name: string, body: jest.ProvidesCallback): void {
  if (reason === undefined) test(name, body);
  else test.skip(`${name} (skipped: ${reason})`, body);
}

/** The holder in a process of its own; `answer` is its line. */
export interface Holder {
  readonly child: ChildProcess;
  readonly answer: Promise<{ pid?: number; connection?: Connection; error?: string }>;
}

/** What the tests of one file started and made; all of it is gone after them. */
export class Stores {
  /** Of this test alone. */
  folder = '';
  private readonly folders: string[] = [];
  private readonly started: EmbeddedPostgres[] = [];
  private readonly children: ChildProcess[] = [];

  /** To be called at the top of a test file. */
  static forTests(): Stores {
    const stores = new Stores();
    beforeEach(() => {
      stores.folder = stores.newFolder();
    });
    afterEach(() => stores.stop());
    afterAll(() => {
      for (const made of stores.folders) rmSync(made, { recursive: true, force: true });
    });
    return stores;
  }

  newFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'store-'));
    this.folders.push(folder);
    return folder;
  }

  async start(more: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
    const postgres = await startEmbeddedPostgres({ dataDir: this.folder, ...more });
    this.started.push(postgres);
    return postgres;
  }

  hold(dataDir: string, ids: { uid?: number; gid?: number } = {}): Holder {
    const program = join(__dirname, 'embedded-holder.ts');
    const child = this.ends(
      spawn(process.execPath, ['--import', 'tsx', program, dataDir], {
        cwd: repository,
        stdio: ['pipe', 'pipe', 'inherit'],
        env: { PATH: process.env['PATH'], TMPDIR: dirname(dataDir) },
        ...ids,
      }),
    );
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    const answer = new Promise<Awaited<Holder['answer']>>((settle, fail) => {
      lines.once('line', (line) => settle(JSON.parse(line) as object));
      child.once('exit', (code) => fail(new Error(`the holder ended early with ${code}`)));
    });
    return { child, answer };
  }

  /** A process that ends with the test at the latest. */
  ends(child: ChildProcess): ChildProcess {
    this.children.push(child);
    return child;
  }

  private async stop(): Promise<void> {
    for (const child of this.children.splice(0)) child.kill('SIGKILL');
    for (const postgres of this.started.splice(0)) await postgres.stop();
  }
}

export async function query(connection: Connection, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client(connection);
  // A server that a test kills ends the connection; the test is about what comes after.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

export function nobody(): { uid: number; gid: number } {
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
