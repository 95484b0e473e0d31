/** The small programs of the image, run as they lie in it. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type Server as HttpServer } from 'node:http';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';

const SOURCES = resolve(__dirname, '../../gateway-image/programs');
const folder = mkdtempSync(join(tmpdir(), 'image-programs-'));
const children: ChildProcess[] = [];
afterAll(() => {
  children.forEach((child) => child.kill('SIGKILL'));
  rmSync(folder, { recursive: true, force: true });
});

/** @returns path of the program as JavaScript */
function program(name: string): string {
  const outfile = join(folder, `${name}.js`);
  buildSync({
    entryPoints: [join(SOURCES, `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
  });
  return outfile;
}

describe('place-files', () => {
  const placeFiles = program('place-files');
  const me = `${process.getuid?.()}:${process.getgid?.()}`;
  let from: string;
  let to: string;
  let count = 0;
  beforeEach(() => {
    count += 1;
    from = join(folder, `given-${count}`);
    to = join(folder, `placed-${count}`);
    mkdirSync(from);
    mkdirSync(to);
  });
  const place = (owner: string) =>
    spawnSync(process.execPath, [placeFiles, owner, from, to], { encoding: 'utf8' });

  test('hands each file to its owner, for nobody else to read, and removes what is not given any more', () => {
    writeFileSync(join(from, 'KEY'), 'secret');
    writeFileSync(join(from, 'with-secrets.sh'), 'exec "$@"\n');
    writeFileSync(join(to, 'OLD'), 'gone');
    mkdirSync(join(to, '.KEY'));
    const owner = process.getuid?.() === 0 ? '1000:1001' : me;
    expect(place(owner)).toMatchObject({ status: 0, stderr: '' });
    expect(readdirSync(to).sort()).toEqual(['KEY', 'with-secrets.sh']);
    const facts = statSync(join(to, 'KEY'));
    expect([`${facts.uid}:${facts.gid}`, facts.mode & 0o777]).toEqual([owner, 0o400]);
    expect(readFileSync(join(to, 'KEY'), 'utf8')).toBe('secret');
  });

  test('twice is as once, and a changed file takes the place of the one before', () => {
    writeFileSync(join(from, 'KEY'), 'one');
    expect(place(me).status).toBe(0);
    writeFileSync(join(from, 'KEY'), 'two');
    expect(place(me).status).toBe(0);
    expect(place(me).status).toBe(0);
    expect(readdirSync(to)).toEqual(['KEY']);
    expect(readFileSync(join(to, 'KEY'), 'utf8')).toBe('two');
  });

  test('says what is wrong, and never what is in a file', () => {
    writeFileSync(join(from, 'KEY'), 'secret');
    for (const owner of ['', 'root', '0', '-1:0', '1:2:3']) {
      const { status, stderr } = place(owner);
      expect({ owner, status, stderr }).toEqual({
        owner,
        status: 1,
        stderr: `"${owner}" must be UID:GID in numbers\n`,
      });
    }
    rmSync(to, { recursive: true });
    const { status, stdout, stderr } = place(me);
    expect(status).toBe(1);
    expect(stderr).toContain('ENOENT');
    expect(stdout + stderr).not.toContain('secret');
  });
});

describe('forward', () => {
  const forward = program('forward');
  let behind: Server;
  const address = (server: Server | HttpServer): number => (server.address() as AddressInfo).port;
  beforeAll(async () => {
    // Sends everything back, and its end as well.
    behind = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
    await new Promise<void>((done) => behind.listen(0, '127.0.0.1', done));
  });
  afterAll(() => behind.close());

  const freePort = async (): Promise<number> => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, done));
    const port = address(server);
    await new Promise((done) => server.close(done));
    return port;
  };

  async function start(...ways: string[]): Promise<ChildProcess> {
    const child = spawn(process.execPath, [forward, ...ways], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    let said = '';
    await new Promise<void>((done, fail) => {
      child.once('exit', () => fail(new Error('it ended')));
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.split('leads to').length > ways.length) done();
      });
    });
    return child;
  }

  /** What comes back of what is sent, until the other side ends. */
  const sent = (port: number, content: Buffer): Promise<Buffer> =>
    new Promise((done) => {
      const chunks: Buffer[] = [];
      const socket = connect(port, '127.0.0.1', () => socket.end(content));
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('error', () => done(Buffer.concat(chunks)));
      socket.on('close', () => done(Buffer.concat(chunks)));
    });

  test('passes on every byte of both ways, and the end of each', async () => {
    const port = await freePort();
    const child = await start(`${port}=localhost:${address(behind)}`);
    const content = Buffer.alloc(3_000_000, 'both ways ');
    const answers = await Promise.all([
      sent(port, content),
      sent(port, Buffer.from('x')),
      sent(port, Buffer.alloc(0)),
    ]);
    expect(answers.map((answer) => answer.length)).toEqual([content.length, 1, 0]);
    expect(answers[0]?.equals(content)).toBe(true);
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  test('ends a connection that leads nowhere, and goes on', async () => {
    const [port, nowhere, second] = [await freePort(), await freePort(), await freePort()];
    await start(`${port}=localhost:${nowhere}`, `${second}=localhost:${address(behind)}`);
    expect((await sent(port, Buffer.from('x'))).length).toBe(0);
    expect((await sent(second, Buffer.from('x'))).length).toBe(1);
  });

  test.each([[[]], [['x']], [['1=a b:2']], [['70000=host:1']]])('refuses %j', (words) => {
    const { status, stderr } = spawnSync(process.execPath, [forward, ...words], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).not.toContain('    at ');
  });
});

describe('health-check', () => {
  const healthCheck = program('health-check');
  const asked: string[] = [];
  let status = 200;
  let server: HttpServer;
  beforeAll(async () => {
    server = createHttp((request, response) => {
      asked.push(request.url ?? '');
      if (status === 0) return;
      response.statusCode = status;
      response.end('{}');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const check = (
    environment: Record<string, string> = {},
  ): Promise<{ status: number | null; words: string }> =>
    new Promise((done) => {
      const { port } = server.address() as AddressInfo;
      const env = { GATEWAY_HOST: '0.0.0.0', GATEWAY_PORT: String(port), ...environment };
      const child = spawn(process.execPath, [healthCheck], { env, stdio: ['ignore', 'ignore', 'pipe'] });
      let words = '';
      child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
      child.once('close', (code) => done({ status: code, words }));
    });

  test.each([
    [200, 0, ''],
    [503, 1, 'readiness answers 503\n'],
    [0, 1, 'no answer within 4 s\n'],
  ])('an answer of %d comes to %d', async (answer, expected, words) => {
    status = answer;
    expect(await check()).toEqual({ status: expected, words });
    expect(asked.at(-1)).toBe('/health/readiness');
  });

  test('nobody there is not well, nor is somebody in the clear where TLS was meant', async () => {
    expect(await check({ GATEWAY_PORT: '1' })).toEqual({ status: 1, words: 'ECONNREFUSED\n' });
    status = 200;
    expect(await check({ GATEWAY_TLS_CERT: '/cert.pem' })).toMatchObject({ status: 1 });
  });
});
