/** A gateway that speaks TLS with a certificate of the platform's authority, seen from a workspace whose image trusts it. */
import { chmodSync, createReadStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureCertificates, type Certificates } from '../../../certificates/ensure';
import { platformNames } from '../../../certificates/names';
import { planStartBuild, startGateway, type RunningGateway } from '../../harness/platform';
import type { StartBuild } from '../../harness/start-build';
import { startAnthropicStandin } from '../../standins/anthropic';
import { run, runOrThrow, type CommandResult } from './commands';
import { Container } from './container';
import { bridgeAddress } from './engine';

const folder = mkdtempSync(join(tmpdir(), 'image-tls-'));
// The store's own account must be able to pass.
chmodSync(folder, 0o711);

const names = platformNames({});
let trusted: Certificates;
let strange: Certificates;
let gateway: RunningGateway;
let standin: Awaited<ReturnType<typeof startAnthropicStandin>>;
let container: Container;
/** Repositories, with the gateway's certificate and with one of an authority that nobody knows. */
const repositories: Server[] = [];

const pairOf = ({ gateway: { certificate, key } }: Certificates) => ({
  cert: readFileSync(certificate),
  key: readFileSync(key),
});

/** Hands out the files of a bare repository. @returns its address, by the gateway's name */
async function serveRepository(certificates: Certificates, address: string): Promise<string> {
  const server = createServer(pairOf(certificates), ({ url = '/' }, response) => {
    const file = join(folder, new URL(url, 'https://x').pathname);
    if (!existsSync(file) || file.endsWith('/')) return void response.writeHead(404).end();
    createReadStream(file).pipe(response);
  });
  repositories.push(server);
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return `https://ai-gateway:${(server.address() as AddressInfo).port}/repository.git`;
}

let repository: string;
let strangeRepository: string;
let url: string;

beforeAll(async () => {
  const address = await bridgeAddress();
  trusted = ensureCertificates({ folder: process.env.TEST_CERTIFICATES ?? '', names });
  strange = ensureCertificates({ folder: join(folder, 'strange'), names });
  standin = await startAnthropicStandin();
  gateway = await startGateway({
    dataDir: join(folder, 'gateway'),
    provider: { ANTHROPIC_API_KEY: standin.apiKey, ANTHROPIC_BASE_URL: standin.url },
    environment: {
      GATEWAY_HOST: address,
      GATEWAY_TLS_CERT: trusted.gateway.certificate,
      GATEWAY_TLS_KEY: trusted.gateway.key,
    },
  });
  url = `https://ai-gateway:${new URL(gateway.url).port}`;
  const work = join(folder, 'work');
  await runOrThrow('git', ['init', '--quiet', work]);
  const as = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
  await runOrThrow('git', ['-C', work, ...as, 'commit', '--quiet', '--allow-empty', '--message', 'first']);
  await runOrThrow('git', ['clone', '--quiet', '--bare', work, join(folder, 'repository.git')]);
  await runOrThrow('git', ['-C', join(folder, 'repository.git'), 'update-server-info']);
  repository = await serveRepository(trusted, address);
  strangeRepository = await serveRepository(strange, address);
  container = await Container.start({ hostAddress: address, hostNames: ['ai-gateway', 'litellm'] });
});
afterAll(async () => {
  await container?.remove();
  for (const server of repositories) server.close();
  await gateway?.stop();
  await standin?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Each way to ask for a URL, by the program that does it. */
const WAYS: Readonly<Record<string, (url: string) => string>> = {
  curl: (at) => `curl --silent --show-error --output /dev/null --write-out '%{http_code}\\n' ${at}`,
  'Node.js': (at) => `node -e "fetch('${at}').then((r) => console.log(r.status), (e) => { throw e.cause })"`,
  Python: (at) => `python3 -c "import urllib.request; print(urllib.request.urlopen('${at}').status)"`,
  // With a list of its own, unless the environment names another.
  "Python's requests": (at) =>
    `python3 -c "from pip._vendor import requests; print(requests.get('${at}').status_code)"`,
  'OpenSSL by its own list': (at) =>
    `openssl s_client -brief -verify_return_error -connect ${new URL(at).host} -servername ai-gateway </dev/null && echo 200`,
};

test.each(Object.entries(WAYS))(
  '%s reaches the gateway, and refuses a stranger by its name',
  async (_, ask) => {
    const { status, output } = await container.shell(ask(`${url}/health/liveness`));
    expect({ status, output }).toEqual({ status: 0, output: expect.stringMatching(/200\n$/) as string });
    const refused = await container.shell(ask(strangeRepository.replace(/\/repository.*/, '/')));
    expect(refused.status).not.toBe(0);
    expect(refused.output).toMatch(/certificate|issuer/i);
  },
);

test('git does as well', async () => {
  const { status, output } = await container.shell(`git ls-remote ${repository}`);
  expect({ status, output }).toEqual({ status: 0, output: expect.stringMatching(/\tHEAD\n/) as string });
  const refused = await container.shell(`git ls-remote ${strangeRepository}`);
  expect(refused.status).not.toBe(0);
  expect(refused.output).toMatch(/certificate/i);
});

test('TLS 1.2 is spoken, 1.1 is refused', async () => {
  const ask = (version: string): Promise<CommandResult> =>
    container.shell(
      `curl --silent --show-error --output /dev/null --tls-max ${version} --tlsv1.0 --ciphers 'DEFAULT@SECLEVEL=0' ${url}/health/liveness`,
    );
  expect(await ask('1.2')).toMatchObject({ status: 0 });
  const { status, output } = await ask('1.1');
  expect(status).toBe(35);
  expect(output).toMatch(/protocol version/);
});

test('a program in Go, as Coder and its agent are, takes the certificate with the authority alone', async () => {
  // On this machine, where the engine's own command is: that one is in Go.
  const { port } = new URL(await serveRepository(trusted, '127.0.0.1'));
  const ask = (authority: string): Promise<CommandResult> =>
    run('docker', ['--host', `tcp://localhost:${port}`, '--tlsverify', '--tlscacert', authority, 'version'], {
      environment: { DOCKER_HOST: '', HOME: folder, LC_ALL: 'C' },
    });
  // It is no engine, and is found to be none by what it answers.
  expect((await ask(trusted.trusted)).output).not.toMatch(/x509|tls:/);
  expect((await ask(strange.trusted)).output).toMatch(/x509: certificate signed by unknown authority/);
});

describe.each(['opencode', 'claude-code'])('%s', (assistant) => {
  let build: StartBuild;
  const terminal = (command: string): Promise<CommandResult> =>
    container.exec(['bash', '-lc', `. ~/.bashrc; ${command}`], { environment: build.environment });

  beforeAll(async () => {
    build = await planStartBuild({
      outdir: join(folder, assistant),
      gateway: { url, claimSecret: gateway.claimSecret },
      parameters: { ai_assistant: assistant },
    });
    const text = build.scripts.get('ai_setup') ?? '';
    const result = await container.exec(['bash', '-c', text], { environment: build.environment });
    expect(result).toMatchObject({ status: 0 });
  });

  test('gets a key and an answer by TLS', async () => {
    expect(await container.output('cat ~/.config/ai-gateway/env.sh')).toContain(url);
    const ask = assistant === 'opencode' ? 'opencode run "say hi"' : 'claude -p "say hi"';
    const { status, output } = await terminal(ask);
    expect({ status, output }).toEqual({
      status: 0,
      output: expect.stringContaining('stand-in model') as string,
    });
  });

  test('ai-doctor says nothing of the certificate', async () => {
    const { output } = await terminal('ai-doctor');
    expect(output).not.toMatch(/certificate|TLS/);
    expect(output).toMatch(/gateway/);
  });
});
