/**
 * Says, as JSON, how many bytes of what is over are held until a full collection. In a process of its own: in one that
 * has run other tests, what those left behind would be counted as well.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from 'undici';
import { createTransport } from '../../../gateway/providers/transport';
import { Roster } from '../../../gateway/concurrency/roster';
import { startTestGateway } from './gateway';
import { age, outliving } from './outliving';
import { policyFile } from './policy-file';

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

/** Bytes for each who left, of 800 it brought. */
async function ofRoster(): Promise<number> {
  const items = 20_000;
  const held = await outliving(() => {
    const roster = new Roster<number[]>();
    const inside = Array.from({ length: 16 }, () => roster.enter([]));
    // From here on its own memory counts as old.
    age();
    for (let item = 0; item < items; item += 1) {
      const oldest = inside[item % inside.length];
      inside[item % inside.length] = roster.enter(new Array<number>(100).fill(item));
      if (oldest) roster.leave(oldest);
    }
  });
  return held / items;
}

/** Bytes for each call, of 4,000 that wait for its answer. */
async function ofTransport(origin: string): Promise<number> {
  const calls = 4_000;
  const transport = createTransport(30_000);
  const ask = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const ballast = new Array<number>(500).fill(1);
      transport.send(
        {
          origin,
          path: '/v1/messages',
          headers: { 'content-type': 'application/json' },
          body: Buffer.from('{}'),
        },
        { head: (status) => ballast.push(status), data: () => {}, end: resolve, fail: reject },
      );
    });
  const held = await outliving(async () => {
    for (let done = 0; done < calls; done += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, ask));
  });
  await transport.close();
  return held / calls;
}

/** Bytes for each call of the whole gateway. */
async function ofCalls(origin: string): Promise<number> {
  const calls = 600;
  const policy = await policyFile();
  const gateway = await startTestGateway({ env: { ...policy.env, ANTHROPIC_BASE_URL: origin } });
  const key = await gateway.workspaceKey();
  const clients = Array.from({ length: AT_ONCE }, () => new Client(gateway.dataUrl));
  const ask = async (client: Client, count: number): Promise<void> => {
    for (let call = 0; call < count; call += 1) {
      const content = `${call} `.repeat(1_000);
      const { statusCode, body } = await client.request({
        path: '/v1/chat/completions',
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'claude-sonnet-4-5', messages: [{ role: 'user', content }] }),
      });
      await body.dump();
      if (statusCode !== 200) throw new Error(`an answer had status ${statusCode}`);
    }
  };
  const askAll = async (count: number): Promise<void> => {
    await Promise.all(clients.map((client) => ask(client, count / AT_ONCE)));
  };
  await askAll(calls / 2);
  const held = await outliving(() => askAll(calls));
  await Promise.all(clients.map((client) => client.close()));
  await gateway.close();
  await policy.remove();
  return held / calls;
}

/** A provider that keeps nothing of what it was sent, unlike the stand-in. */
async function startProvider(): Promise<{ server: Server; origin: string }> {
  let asked = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      asked += 1;
      // What calls hold on to counts as old from here on, while some of them are under way.
      if (asked % 50 === 0) age();
      response.writeHead(200, { 'content-type': 'application/json' }).end(ANSWER);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function main(): Promise<void> {
  const { server, origin } = await startProvider();
  const held = {
    roster: await ofRoster(),
    transport: await ofTransport(origin),
    calls: await ofCalls(origin),
  };
  process.stdout.write(`${JSON.stringify(held)}\n`);
  server.closeAllConnections();
  server.close();
}

main().catch((fault: unknown) => {
  process.stderr.write(`${fault instanceof Error ? fault.stack : String(fault)}\n`);
  process.exitCode = 1;
});
