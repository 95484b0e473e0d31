/** What `doctor` says of the endpoints that traces and metrics go to; each thing that can be wrong is made so once. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LANGFUSE_KEYS, startOtlpStandin, type OtlpStandin } from '../standins/otlp';
import { eventually, startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { Site } from '../certificates/support';
import { examine } from './support';

const HEADERS = 'Bearer secret-of-the-collector';

let otlp: OtlpStandin;
let langfuse: OtlpStandin;
let folder: string;
let tls: Server;
let tlsHost: string;
let gateway: TestGateway;
let key: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'exporters-'));
  const site = new Site(folder);
  site.issue('alone', { names: 'IP:127.0.0.1' });
  const file = (name: string): Buffer => readFileSync(site.at(name));
  tls = createServer({ cert: file('alone.pem'), key: file('alone.key') }, (_, response) => response.end());
  await new Promise<void>((listens) => tls.listen(0, '127.0.0.1', listens));
  tlsHost = `127.0.0.1:${(tls.address() as AddressInfo).port}`;
  [otlp, langfuse] = await Promise.all([startOtlpStandin(), startOtlpStandin()]);
  otlp.authorization = HEADERS;
  gateway = await startTestGateway({
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=${encodeURIComponent(HEADERS)}`,
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `https://${tlsHost}/v1/metrics`,
      OTEL_EXPORTER_OTLP_TIMEOUT: '2000',
      OTEL_BSP_SCHEDULE_DELAY: '10',
      LANGFUSE_HOST: langfuse.url,
      LANGFUSE_PUBLIC_KEY: LANGFUSE_KEYS.public,
      LANGFUSE_SECRET_KEY: LANGFUSE_KEYS.secret,
    },
  });
  key = await gateway.workspaceKey();
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([otlp.close(), langfuse.close()]);
  tls.closeAllConnections();
  await new Promise((closed) => tls.close(closed));
  rmSync(folder, { recursive: true, force: true });
});

const look = async () => {
  const { of, out } = await examine(gateway.adminUrl, ['--data-url', gateway.dataUrl]);
  for (const secret of [HEADERS, 'secret-of-the-collector', LANGFUSE_KEYS.secret, LANGFUSE_KEYS.public])
    expect(out).not.toContain(secret);
  return of('traces and metrics');
};
const about = async (what: RegExp) => {
  const found = await look();
  return found.find(({ says }) => what.test(says)) ?? found;
};
const host = (url: string) => new URL(url).host;

test('at start the log has a line for each', async () => {
  const lines = await eventually(() => {
    const found = gateway.logs.filter((line) =>
      /endpoint of traces answers|Langfuse takes the keys|metrics do not arrive/.test(line),
    );
    return found.length === 3 ? found : undefined;
  });
  expect(lines.find((line) => line.includes('metrics do not'))).toMatch(
    /"reason":"DEPTH_ZERO_SELF_SIGNED_CERT"/,
  );
  expect(lines.find((line) => line.includes('Langfuse'))).toContain('"langfuse_version":"4.2.0"');
});

test('what would be taken, what arrived, and a certificate that nobody trusts', async () => {
  const before = await look();
  expect(before).toMatchObject([
    {
      severity: 'ok',
      says: `the OTLP endpoint of traces at ${host(otlp.url)} would take traces; none were sent yet`,
    },
    { severity: 'ok', says: `Langfuse 4.2.0 at ${host(langfuse.url)} would take traces; none were sent yet` },
    {
      severity: 'fault',
      says: `the OTLP endpoint of metrics at ${tlsHost} does not take metrics: nobody who is trusted here has signed its certificate`,
    },
  ]);
  await gateway.chat(key, { max_tokens: 10, messages: [{ role: 'user', content: 'hi' }] });
  await eventually(() => (otlp.spans.length > 0 && langfuse.spans.length > 0) || undefined);
  expect(await about(/^Langfuse 4\.2\.0 at .* has what was sent last$/)).toMatchObject({ severity: 'ok' });
  expect(await about(/traces at .* has what was sent last$/)).toMatchObject({ severity: 'ok' });
});

test('an old Langfuse is told apart and named', async () => {
  langfuse.version = '3.153.0';
  expect(await about(/^Langfuse 3\.153\.0 at .* is of an old version/)).toMatchObject({
    severity: 'warning',
  });
  langfuse.version = '4.2.0';
});

test('wrong keys, wrong headers', async () => {
  langfuse.authorization = 'Basic another';
  otlp.authorization = 'Bearer another';
  const found = await look();
  expect(found).toMatchObject([
    { severity: 'fault', says: expect.stringMatching(/refuses the headers \(status 401\)$/) as string },
    {
      severity: 'fault',
      says: expect.stringMatching(/^Langfuse 4\.2\.0 at .* refuses the keys \(status 401\)$/) as string,
    },
    {},
  ]);
  expect(found[1]?.what_to_do).toMatch(/both keys/);
  delete langfuse.authorization;
  otlp.authorization = HEADERS;
});

test.each([
  [{ status: 500 }, /it does not take a delivery \(status 500\)/],
  [{ status: 404 }, /it does not take a delivery \(status 404\)/],
  [{ status: 429 }, /does not take traces: status 429/],
  ['hang', /does not take traces: no answer within 2000 ms/],
  ['cut', /does not take traces: it closes the connection/],
] as const)('an endpoint that answers %j', async (mood, says) => {
  otlp.mood = mood;
  expect(await about(says)).toMatchObject({
    severity: 'fault',
    what_to_do: expect.stringMatching(/OTLP_ENDPOINT/) as string,
  });
  otlp.mood = 'well';
});

test('what is there, but would not have the last spans; what was dropped', async () => {
  langfuse.mood = { status: 400 };
  const { dropped } = figures();
  await gateway.chat(key, { max_tokens: 10, messages: [{ role: 'user', content: 'hi' }] });
  await eventually(() => figures().dropped > dropped || undefined);
  langfuse.mood = 'well';
  const found = await look();
  expect(found.map(({ severity, says }) => `${severity}: ${says}`).join('\n')).toMatch(
    /^fault: Langfuse 4\.2\.0 at \S+ answers, but what was sent last did not arrive: status 400\nnote: \d+ spans for Langfuse .* were dropped since this process began/m,
  );
});

const figures = () => {
  const found = gateway.gateway.services.traces?.figures().find(({ name }) => name === 'Langfuse');
  if (found === undefined) throw new Error('Langfuse is off');
  return found;
};
