/** A certificate that is renewed while the gateway runs: connections from then on get it, and none is lost. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls, { connect, type SecureVersion, type TLSSocket } from 'node:tls';
import { ensureCertificates, type Certificates } from '../../certificates/ensure';
import { platformNames } from '../../certificates/names';
import { eventually, startTestGateway, type TestGateway } from './support/gateway';

const folder = mkdtempSync(join(tmpdir(), 'tls-renewed-'));
const DEFAULTS = { version: tls.DEFAULT_MIN_VERSION, ciphers: tls.DEFAULT_CIPHERS };
let made: Certificates;
let gateway: TestGateway;
let port: number;

beforeAll(async () => {
  // As a machine may be set up by NODE_OPTIONS: what the gateway refuses, it refuses by its own word.
  tls.DEFAULT_MIN_VERSION = 'TLSv1';
  tls.DEFAULT_CIPHERS = 'ALL:@SECLEVEL=0';
  made = ensureCertificates({ folder, names: platformNames({}) });
  gateway = await startTestGateway({
    env: { GATEWAY_TLS_CERT: made.gateway.certificate, GATEWAY_TLS_KEY: made.gateway.key },
  });
  port = Number(new URL(gateway.dataUrl).port);
});
afterAll(async () => {
  await gateway.close();
  tls.DEFAULT_MIN_VERSION = DEFAULTS.version;
  tls.DEFAULT_CIPHERS = DEFAULTS.ciphers;
  rmSync(folder, { recursive: true, force: true });
});

interface Shown {
  readonly serial: string;
  readonly version: string | null;
}

/** What a new connection is shown, by somebody who trusts the authority; rejects as they would. */
const shown = (options: { servername?: string; only?: SecureVersion; ca?: string } = {}): Promise<Shown> =>
  new Promise((done, fail) => {
    const { servername = 'ai-gateway', only, ca = readFileSync(made.trusted, 'utf8') } = options;
    const versions = only === undefined ? {} : { minVersion: only, maxVersion: only };
    const socket: TLSSocket = connect({ port, host: '127.0.0.1', ca, servername, ...versions }, () => {
      done({ serial: socket.getPeerCertificate().serialNumber, version: socket.getProtocol() });
      socket.end();
    });
    socket.once('error', fail);
  });

const said = (words: string): number => gateway.logs.filter((line) => line.includes(words)).length;

test('it is trusted by its names with the authority, and not by others or without', async () => {
  for (const servername of ['ai-gateway', 'litellm', 'localhost', 'ai-gateway-admin'])
    await expect(shown({ servername })).resolves.toHaveProperty('version', 'TLSv1.3');
  await expect(shown({ servername: 'gateway.example.com' })).rejects.toThrow(/does not match certificate/);
  await expect(shown({ ca: '' })).rejects.toThrow(
    /unable to (get local issuer|verify the first) certificate/,
  );
});

test('TLS 1.2 is spoken and 1.1 refused, whatever the process would take', async () => {
  await expect(shown({ only: 'TLSv1.2' })).resolves.toHaveProperty('version', 'TLSv1.2');
  await expect(shown({ only: 'TLSv1.1' })).rejects.toThrow(/protocol version/);
});

test('a renewed one is shown to new connections, and an open one goes on', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: readFileSync(made.trusted) });
  const ask = (): Promise<{ status: number | undefined; serial: string }> =>
    new Promise((done, fail) => {
      request(
        { host: '127.0.0.1', port, path: '/health/liveness', agent, servername: 'ai-gateway' },
        (answer) => {
          const { serialNumber: serial } = (answer.socket as TLSSocket).getPeerCertificate();
          answer.resume().once('end', () => done({ status: answer.statusCode, serial }));
        },
      )
        .once('error', fail)
        .end();
    });
  const before = await ask();
  ensureCertificates({ folder, names: platformNames({}), renew: true });
  const renewed = await eventually(async () => {
    const now = await shown();
    return now.serial === before.serial ? undefined : now;
  });
  expect(await ask()).toEqual({ status: 200, serial: before.serial });
  agent.destroy();
  expect((await shown()).serial).toBe(renewed.serial);
  expect((await shown({ only: 'TLSv1.2' })).serial).toBe(renewed.serial);
  // Not only what holds for the first one.
  await expect(shown({ only: 'TLSv1.1' })).rejects.toThrow(/protocol version/);
  expect(said('certificate of the listeners re-read')).toBe(1);
});

test('one that cannot be used is refused, and the former goes on', async () => {
  const { serial } = await shown();
  const good = readFileSync(made.gateway.certificate);
  const refused = 'changed certificate of the listeners refused';
  for (const [at, bad] of [
    good.subarray(0, 300),
    readFileSync(made.authority?.certificate ?? ''),
  ].entries()) {
    writeFileSync(made.gateway.certificate, bad);
    await eventually(() => Promise.resolve(said(refused) === at + 1 || undefined));
    expect((await shown()).serial).toBe(serial);
  }
  expect(gateway.logs.find((line) => line.includes(refused))).toContain('GATEWAY_TLS_CERT: the file ');
  writeFileSync(made.gateway.certificate, good);
  await eventually(() => Promise.resolve(said('certificate of the listeners re-read') === 2 || undefined));
});
