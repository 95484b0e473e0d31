/** What strangers send, in every place that comes near the log. */
import { connect } from 'node:net';
import { makeClaim, signClaim } from './support/claims';
import { eventually, startTestGateway, type TestGateway } from './support/gateway';

const FORGED = '{"time":"2026-01-01T00:00:00.000Z","level":"error","msg":"forged"}';
const LINE_ENDS = ['\n', '\r\n', '\u0085', '\u2028', '\u2029', '\u001b[2K', '\u009b2K'];
const HI = { max_tokens: 10, messages: [{ role: 'user', content: 'hi' }] };

let gateway: TestGateway;
let key: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  key = await gateway.workspaceKey();
});
afterAll(() => gateway.close());

/** Sends the bytes and waits until the other side has answered or hung up. */
function send(url: string, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const done = (): void => {
      socket.destroy();
      resolve();
    };
    socket.on('data', done).on('error', done).on('close', done);
    socket.write(bytes);
  });
}

/** Every line since then is one object with the three names, and none of it is what a stranger wrote as one. */
function holdLines(since: number): void {
  const lines = gateway.logs.slice(since);
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) {
    expect(line.length).toBeLessThan(32_768);
    expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/);
    const { time, level, msg } = JSON.parse(line) as Record<string, unknown>;
    expect([typeof time, typeof level, typeof msg]).toEqual(['string', 'string', 'string']);
    expect(msg).not.toBe('forged');
  }
}

test('paths, as raw bytes and escaped', async () => {
  const since = gateway.logs.length;
  for (const listener of [gateway.dataUrl, gateway.adminUrl])
    for (const end of LINE_ENDS) {
      const odd = `/${end}${FORGED}${'x'.repeat(8_000)}`;
      await send(listener, Buffer.from(`GET ${odd} HTTP/1.1\r\nhost: x\r\n\r\n`, 'utf8'));
      await send(listener, Buffer.from(`GET ${odd} HTTP/1.1\r\nhost: x\r\n\r\n`, 'latin1'));
      await gateway.request(listener + encodeURI(odd.slice(0, 2_000)), { key });
      await gateway.request(`${listener}/v1/models/${encodeURIComponent(end + FORGED)}`, { key });
    }
  holdLines(since);
});

test('agents, names of models and everything else that a call brings', async () => {
  const since = gateway.logs.length;
  for (const end of LINE_ENDS) {
    const odd = `RooCode${end}${FORGED}`;
    const agent = Buffer.from(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\nuser-agent: ${odd}\r\n` +
        `traceparent: ${odd}\r\ncontent-length: 2\r\n\r\n{}`,
      'utf8',
    );
    await send(gateway.dataUrl, agent);
    await gateway.chat(key, { ...HI, model: odd });
    await gateway.chat(key, { ...HI, model: `${odd}${'y'.repeat(100_000)}` });
    await gateway.chat(key, { ...HI, [odd]: odd, user: odd, metadata: { [odd]: odd } });
    await gateway.chat(`sk-${encodeURIComponent(odd)}`, HI);
  }
  await gateway.settled();
  holdLines(since);
});

test('names in a claim', async () => {
  const since = gateway.logs.length;
  for (const [number, end] of LINE_ENDS.entries()) {
    const odd = `ann${end}${FORGED}`;
    const claim = makeClaim({
      workspace: { id: `5b1c7d0e-0000-4000-8000-00000000020${number}`, name: odd },
      owner: { id: `7f3a0000-0000-4000-8000-00000000020${number}`, name: odd, groups: [odd] },
    });
    const { status, json } = await gateway.request('/api/v1/keys/workspace', {
      key: signClaim(claim),
      body: {},
    });
    if (status === 200) await gateway.chat(json.key, HI);
    await gateway.claimKey({ template: { id: '1', name: odd, version: odd } });
  }
  await gateway.settled();
  holdLines(since);
});

describe('the trace of a call', () => {
  const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
  const SPAN = '00f067aa0ba902b7';
  const traced = async (traceparent: string | undefined): Promise<unknown> => {
    const answer = await gateway.request('/v1/chat/completions', {
      key,
      headers: traceparent === undefined ? {} : { traceparent },
      body: { model: 'claude-sonnet-4-5', ...HI },
    });
    const id = answer.headers.get('x-request-id') ?? '';
    const line = await eventually(() =>
      gateway.logs.find((each) => each.includes(id) && each.includes('"msg":"call"')),
    );
    return (JSON.parse(line) as Record<string, unknown>)['trace_id'];
  };

  test.each([
    `00-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-00`,
    `01-${TRACE}-${SPAN}-01-what-a-later-version-adds`,
  ])('%s is in its line', async (traceparent) => {
    expect(await traced(traceparent)).toBe(TRACE);
  });

  test.each([
    undefined,
    '',
    TRACE,
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
    `01-${TRACE}-${SPAN}-01-${'x'.repeat(4_000)}`,
    `00-${TRACE.slice(1)}"-${SPAN}-01`,
  ])('%s is none', async (traceparent) => {
    expect(await traced(traceparent)).toBeUndefined();
  });
});
