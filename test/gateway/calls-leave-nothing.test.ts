import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from 'undici';
import { startTestGateway, type TestGateway } from './support/gateway';
import { age, outliving } from './support/outliving';
import { policyFile, type PolicyFile } from './support/policy-file';

const CALLS = 600;
const AT_ONCE = 8;

const ANSWER = JSON.stringify({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5',
  content: [{ type: 'text', text: 'Done.' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 10, output_tokens: 5 },
});

let gateway: TestGateway;
let policy: PolicyFile;
let provider: Server;
let asked = 0;
beforeAll(async () => {
  // Keeps nothing of what it was sent, unlike the stand-in.
  provider = createServer((request, response) => {
    request.resume().on('end', () => {
      asked += 1;
      // What calls hold on to counts as old from here on, while some of them are under way.
      if (asked % 50 === 0) age();
      response.writeHead(200, { 'content-type': 'application/json' }).end(ANSWER);
    });
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  policy = await policyFile();
  gateway = await startTestGateway({
    env: {
      ...policy.env,
      ANTHROPIC_BASE_URL: `http://127.0.0.1:${(provider.address() as AddressInfo).port}`,
    },
  });
});
afterAll(async () => {
  await gateway.close();
  await policy.remove();
  provider.closeAllConnections();
  await new Promise((resolve) => provider.close(resolve));
});

test('a call that is over is gone with the next quick collection', async () => {
  const key = await gateway.workspaceKey();
  const clients = Array.from({ length: AT_ONCE }, () => new Client(gateway.dataUrl));
  const askAll = async (calls: number): Promise<void> => {
    const ask = async (each: Client): Promise<void> => {
      for (let call = 0; call < calls / AT_ONCE; call += 1) {
        const { statusCode, body } = await each.request({
          path: '/v1/chat/completions',
          method: 'POST',
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
          body: JSON.stringify({
            model: 'claude-sonnet-4-5',
            messages: [{ role: 'user', content: `${call} `.repeat(1_000) }],
          }),
        });
        await body.dump();
        expect(statusCode).toBe(200);
      }
    };
    await Promise.all(clients.map(ask));
  };
  await askAll(CALLS / 2);
  const kept = await outliving(() => askAll(CALLS));
  await Promise.all(clients.map((each) => each.close()));
  // Bytes a call. Of the eight under way at each look some 6 kB are inevitable; a single hold on calls makes it 30.
  expect(kept / CALLS).toBeLessThan(16_000);
});
