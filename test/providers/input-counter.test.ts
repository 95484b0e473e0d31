import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DeploymentDocument } from '../../gateway/config/document';
import { JsonMembers } from '../../gateway/json/json-members';
import { anthropic } from '../../gateway/providers/anthropic';
import { createInputCounter, type InputCounter } from '../../gateway/providers/input-counter';
import type { Provider, SharedBody } from '../../gateway/providers/provider';
import { createTransport, type Transport } from '../../gateway/providers/transport';
import { eventually } from '../gateway/support/gateway';

const DEPLOYMENT = { provider: 'anthropic', id: 'claude-x' } as DeploymentDocument;

describe('counts of the input', () => {
  let server: Server;
  let held: ServerResponse[] = [];
  let transport: Transport;
  let provider: Provider;
  let counter: InputCounter;
  beforeAll(async () => {
    server = createServer((request, response) => request.resume().on('end', () => held.push(response)));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    provider = anthropic('sk-ant-test', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    transport = createTransport(60_000);
  });
  afterAll(async () => {
    await transport.close();
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    held = [];
    counter = createInputCounter(transport);
  });

  const body = (messages: string, betas: string[] = []): SharedBody => ({
    members: new JsonMembers({ messages, stop: 1 }, ['messages']),
    media: { images: 0, imageBytes: 0, unboundDocuments: 0, uncountable: 0, thoughtBytes: 0 },
    betas,
    leastTokens: 1,
    dropped: [],
  });
  const count = (text: string, caller = 'a', betas?: string[]) =>
    counter.count(caller, provider, DEPLOYMENT, body(text, betas));
  const heldAre = (number: number) => eventually(() => (held.length === number ? true : undefined));
  const answer = (tokens: unknown = 7) =>
    held.splice(0).forEach((response) => response.end(JSON.stringify({ input_tokens: tokens })));

  it('are asked for once for all who want the same, at once and later', async () => {
    const both = [count('x'), count('x', 'b')];
    await heldAre(1);
    answer();
    expect(await Promise.all(both)).toEqual([7, 7]);
    expect(await count('x', 'c')).toBe(7);
    const others = [count('x', 'a', ['beta']), count('y')];
    await heldAre(2);
    answer(8);
    expect(await Promise.all(others)).toEqual([8, 8]);
  });

  it('are so many at once for a caller, and so many for all', async () => {
    const open = ['1', '2', '3', '4'].map((text) => count(text));
    await heldAre(4);
    expect(await count('5')).toBe('busy');
    for (let caller = 1; caller < 8; caller += 1)
      for (let text = 0; text < 4; text += 1) open.push(count(`${caller} ${text}`, `b${caller}`));
    await heldAre(32);
    expect(await count('6', 'c')).toBe('busy');
    answer();
    expect(new Set(await Promise.all(open))).toEqual(new Set([7]));
    const next = count('5');
    await heldAre(1);
    answer();
    expect(await next).toBe(7);
  });

  it.each<[string, () => void]>([
    ['is no number', () => answer('x')],
    ['is nothing', () => answer(0)],
    ['is a refusal', () => held.splice(0).forEach((response) => response.writeHead(429).end('{}'))],
    ['breaks off', () => held.splice(0).forEach((response) => response.destroy())],
  ])('that fail are not asked for again soon, by that caller: %s', async (_, fail) => {
    const failed = count('x');
    await heldAre(1);
    fail();
    expect(await failed).toBeUndefined();
    expect(await count('x')).toBeUndefined();
    const other = count('x', 'b');
    await heldAre(1);
    answer();
    expect(await other).toBe(7);
    expect(await count('x')).toBe(7);
  });

  it('are given up when they take long', async () => {
    counter = createInputCounter(transport, 20);
    expect(await count('x')).toBeUndefined();
    await eventually(() => (held.every(({ destroyed }) => destroyed) ? true : undefined));
  });

  it('are not asked for where one was wrong', async () => {
    counter.distrust(DEPLOYMENT);
    expect(await count('x')).toBeUndefined();
    expect(held).toHaveLength(0);
  });
});
