import { connect } from 'node:net';
import { startAnthropicStandin, text, type AnthropicStandin } from '../standins/anthropic';
import { makeGate } from './support/gate';
import { eventually, readStream, startTestGateway, type TestGateway } from './support/gateway';
import { startStore, type TestStore } from './support/store';

let store: TestStore;
let standin: AnthropicStandin;
let gateway: TestGateway;
let key: string;
beforeAll(async () => {
  store = await startStore();
  standin = await startAnthropicStandin();
});
afterAll(async () => {
  await standin.close();
  await store.remove();
});
afterEach(async () => {
  await gateway.close();
  standin.reset();
  await store.query('delete from calls; select restart_sums()');
});

const start = async (shutdownMs: number, lingerMs = 0) => {
  gateway = await startTestGateway({ store, standin, limits: { shutdownMs, lingerMs } });
  key = await gateway.workspaceKey();
};
const bodyOf = (stream: boolean) => ({
  stream,
  max_tokens: 5_000,
  messages: [{ role: 'user', content: 'hi' }],
});
interface Row {
  status: number;
  estimated: boolean;
  cost_nano: string;
}

/** Everything that is in the account at this very moment: nothing is waited for. */
const account = async () => ({
  rows: await store.query<Row>('select * from calls'),
  open: await store.query('select from reservations'),
});

describe('a gateway that is told to stop', () => {
  test('lets calls under way finish and books them, takes no new ones, and has the account whole at its end', async () => {
    await start(600_000);
    const gate = makeGate();
    standin.answer({ content: [text('a', 'b')], until: gate.opened });
    // A connection that is in use, so that it is still there to ask a second time on.
    const socket = connect(Number(new URL(gateway.dataUrl).port), '127.0.0.1');
    let heard = '';
    socket.on('data', (chunk) => (heard += chunk.toString()));
    const body = JSON.stringify({ model: 'claude-sonnet', ...bodyOf(true) });
    const post = `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    socket.write(post);
    await eventually(() => standin.requests[0]);

    const closed = gateway.gateway.close();
    await expect(fetch(`${gateway.dataUrl}/health/liveness`)).rejects.toThrow();
    socket.write(post);
    await eventually(() => gateway.logs.some((line) => line.includes('shutting_down')) || undefined);
    gate.open();
    await eventually(() => heard.includes('"type":"shutting_down"') || undefined);
    const [first = '', second = ''] = heard.split(/(?=HTTP\/1\.1 503 )/);
    expect(first).toContain('data: [DONE]');
    expect(second.toLowerCase()).toContain('connection: close');
    await closed;
    socket.destroy();
    const { rows, open } = await account();
    expect(rows).toMatchObject([{ status: 200, estimated: false }]);
    expect(open).toHaveLength(0);
  });

  test('whose successor is there answers once more on a connection that is open, and takes no new one', async () => {
    await start(600_000, 600_000);
    const socket = connect(Number(new URL(gateway.dataUrl).port), '127.0.0.1');
    let heard = '';
    socket.on('data', (chunk) => (heard += chunk.toString()));
    const ended = new Promise((resolve) => socket.once('end', resolve));
    const ask = 'GET /health/liveness HTTP/1.1\r\nhost: x\r\n\r\n';
    socket.write(ask);
    await eventually(() => heard.includes('200 OK') || undefined);
    expect(heard.toLowerCase()).toContain('connection: keep-alive');
    heard = '';
    const closed = gateway.gateway.close();
    const newcomer = connect(Number(new URL(gateway.dataUrl).port), '127.0.0.1');
    expect(await new Promise((resolve) => newcomer.once('error', resolve))).toMatchObject({
      code: 'ECONNREFUSED',
    });
    socket.write(ask);
    await ended;
    expect(heard).toContain('200 OK');
    expect(heard.toLowerCase()).toContain('connection: close');
    // Neither is this client's other connection, from which the key was asked for, any reason to wait.
    await fetch(`${gateway.dataUrl}/health/liveness`).catch(() => {});
    await closed;
  });

  test('told to wait no longer, cuts by a word what is under way, and says how many finished and were cut', async () => {
    await start(600_000);
    const gate = makeGate();
    standin.answer(
      { content: [text('a', 'b')], until: gate.opened },
      { content: [text(...Array.from({ length: 5_000 }, () => 'x'))], eventDelayMs: 20 },
    );
    const send = () =>
      fetch(`${gateway.dataUrl}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}` },
        body: JSON.stringify({ model: 'claude-sonnet', ...bodyOf(true) }),
      });
    const first = send();
    await eventually(() => standin.requests[0]);
    const second = await send();
    const reader = second.body?.getReader();
    await reader?.read();
    const closed = gateway.gateway.close();
    gate.open();
    expect(await (await first).text()).toContain('[DONE]');
    gateway.gateway.cutCalls();
    let heard = '';
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read())
      heard += Buffer.from(part.value).toString();
    expect(heard).toContain('shutting_down');
    await closed;
    const drained = gateway.logs.find((line) => line.includes('"drained"'));
    const { calls_finished: finished, calls_cut: cut } = JSON.parse(drained ?? '{}') as Record<
      string,
      number
    >;
    // The first one's booking may have been under way still.
    expect(cut).toBeGreaterThanOrEqual(1);
    expect(Number(finished) + Number(cut)).toBe(2);
    expect((await account()).open).toHaveLength(0);
  });

  test('stops by a word what has not finished at the limit, and books it before it ends', async () => {
    await start(1_000);
    // Its first word comes long before the limit, its last one long after.
    const endless = { content: [text(...Array.from({ length: 5_000 }, () => 'x'))], eventDelayMs: 20 };
    const never = makeGate();
    // One that is streamed, one that is not, and one whose client has gone.
    standin.answer(endless);
    const streamed = await fetch(`${gateway.dataUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify({ model: 'claude-sonnet', ...bodyOf(true) }),
    });
    standin.answer({ content: [text('never')], until: never.opened });
    const whole = gateway.chat(key, bodyOf(false));
    await eventually(() => standin.requests[1]);
    standin.answer(endless);
    const client = new AbortController();
    const gone = gateway.chat(key, bodyOf(true), { signal: client.signal });
    await eventually(() => standin.requests[2]);
    client.abort();
    await expect(gone).rejects.toThrow();

    await gateway.gateway.close();
    never.open();
    const { rows, open } = await account();
    expect(open).toHaveLength(0);
    expect(rows).toHaveLength(3);
    expect(rows.map(({ estimated }) => estimated)).toEqual([true, true, true]);
    expect(rows.map(({ status }) => status).sort()).toEqual([499, 503, 503]);
    for (const row of rows) expect(Number(row.cost_nano)).toBeGreaterThan(5_000 * 10_000);

    const { chunks, isDone } = readStream(await streamed.text());
    expect(isDone).toBe(false);
    expect(chunks.at(-1)?.error).toMatchObject({ type: 'shutting_down', code: '503' });
    expect(await whole).toMatchObject({ status: 503, json: { error: { type: 'shutting_down' } } });
    await eventually(() => standin.requests.every(({ aborted }) => aborted) || undefined);
  });
});
