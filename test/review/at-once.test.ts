/** Questions that are under way at the same time: through a door in front of the gateway that a test opens. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fewAtOnce } from '../../review/asking/few-at-once';
import { Refusal } from '../../review/gateway/client';
import { MOST_AT_ONCE, Turns } from '../../review/gateway/turns';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { answerWith, finding } from './support/model';
import { makeRepository, type TestRepository } from './support/repository';
import { reviewIn, runReview, type At } from './support/reviewed';

const FILES = ['a', 'b', 'c', 'd', 'e', 'f'];

describe('by themselves', () => {
  /** Work that ends when a test says so. */
  const doors = () => {
    const open: ((fault?: Error) => void)[] = [];
    const begun: number[] = [];
    let [underWay, most] = [0, 0];
    const work = async (item: number): Promise<number> => {
      begun.push(item);
      most = Math.max(most, (underWay += 1));
      await new Promise<void>((done, failed) => {
        open[item] = (fault) => (fault ? failed(fault) : done());
      });
      underWay -= 1;
      return item * 10;
    };
    return { open, begun, work, most: () => most };
  };
  const turn = (): Promise<void> => new Promise(setImmediate);

  test('a few are begun, one more for each that ends, and results are in the order of what was given', async () => {
    const { open, begun, work, most } = doors();
    const result = fewAtOnce([0, 1, 2, 3, 4, 5], 4, work);
    await turn();
    expect(begun).toEqual([0, 1, 2, 3]);
    open[3]?.();
    await turn();
    expect(begun).toEqual([0, 1, 2, 3, 4]);
    for (const item of [4, 2, 1, 0]) open[item]?.();
    await turn();
    open[5]?.();
    expect(await result).toEqual([0, 10, 20, 30, 40, 50]);
    expect(most()).toBe(4);
  });

  test('after a fault none is begun, and it is told when the others have ended', async () => {
    const { open, begun, work } = doors();
    let isTold = false;
    const result = fewAtOnce([0, 1, 2, 3], 2, work).catch((fault: Error) => {
      isTold = true;
      return fault.message;
    });
    await turn();
    open[1]?.(new Error('refused'));
    await turn();
    expect([begun, isTold]).toEqual([[0, 1], false]);
    open[0]?.();
    expect(await result).toBe('refused');
    expect(begun).toEqual([0, 1]);
  });

  test('calls go one by one until there may be more, and never more than a few', async () => {
    const { open, begun, work, most } = doors();
    const turns = new Turns();
    const calls = [0, 1, 2, 3, 4, 5].map((item) => turns.take(() => work(item)));
    await turn();
    expect(begun).toEqual([0]);
    open[0]?.();
    turns.widen();
    await turn();
    expect(begun).toEqual([0, 1, 2, 3, 4]);
    for (const item of [1, 2, 3, 4]) open[item]?.();
    await turn();
    open[5]?.();
    await Promise.all(calls);
    expect(most()).toBe(MOST_AT_ONCE);
  });

  test.each([
    ['money', 402, 1],
    ['room', 429, 2],
  ])(
    'a call that is refused for %s beside others is made again, with fewer of them',
    async (_, status, most) => {
      const turns = new Turns();
      turns.widen();
      const refusal = new Refusal([], 'refused', status);
      let [underWay, tried, mostSince] = [0, 0, 0];
      const other = async (): Promise<void> => {
        underWay += 1;
        if (tried > 0) mostSince = Math.max(mostSince, underWay);
        for (let at = 0; at < 5; at += 1) await turn();
        underWay -= 1;
      };
      const refused = (): Promise<string> => {
        tried += 1;
        if (tried === 1) return Promise.reject(refusal);
        mostSince = Math.max(mostSince, underWay + 1);
        return Promise.resolve('answered');
      };
      const first = [turns.take(other), turns.take(other)];
      const again = turns.take(refused);
      await Promise.all([...first, again]);
      await Promise.all([1, 2, 3, 4].map(() => turns.take(other)));
      expect([await again, tried, mostSince]).toEqual(['answered', 2, most]);
    },
  );

  test('a call that is refused alone is refused, and so is one that is refused for another reason', async () => {
    const turns = new Turns();
    let tried = 0;
    const refused = (status: number) => (): Promise<never> => {
      tried += 1;
      return Promise.reject(new Refusal([], `status ${status}`, status));
    };
    await expect(turns.take(refused(402))).rejects.toThrow('status 402');
    turns.widen();
    await expect(turns.take(refused(403))).rejects.toThrow('status 403');
    expect(tried).toBe(2);
  });
});

describe('through the gateway', () => {
  let gateway: TestGateway;
  let door: Server;
  let at: At;
  let repository: TestRepository;
  let underWay = 0;
  let most = 0;
  /** Calls that wait at the door, and how many it waits for before it lets them in, the last first. */
  let held: (() => void)[] = [];
  let waitsFor = 1;
  let seen: number[] = [];

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts).toString();
    if (request.url === '/v1/chat/completions') {
      most = Math.max(most, (underWay += 1));
      seen.push(underWay);
      await new Promise<void>((go) => {
        held.push(go);
        if (held.length >= waitsFor) for (const each of held.splice(0).reverse()) each();
      });
    }
    const run = request.headers['x-gateway-run'];
    const passed = await gateway.request(request.url ?? '/', {
      method: request.method ?? 'GET',
      key: at.key,
      headers: {
        'content-type': 'application/json',
        ...(run === undefined ? {} : { 'x-gateway-run': String(run) }),
      },
      ...(body === '' ? {} : { body }),
    });
    if (request.url === '/v1/chat/completions') underWay -= 1;
    response.writeHead(passed.status, { 'content-type': 'application/json' }).end(passed.text);
  }

  beforeAll(async () => {
    gateway = await startTestGateway();
    door = createServer((request, response) => void pass(request, response));
    await new Promise<void>((done) => door.listen(0, '127.0.0.1', done));
    const { port } = door.address() as AddressInfo;
    at = { url: `http://127.0.0.1:${port}`, key: await gateway.workspaceKey() };
    repository = makeRepository({});
    const lines = (word: string) =>
      Array.from({ length: 900 }, (_, line) => `const ${word}${line} = ${line};`).join('\n');
    repository.commit('files', Object.fromEntries(FILES.map((name) => [`${name}.ts`, lines(name)])));
  });
  afterAll(async () => {
    repository.remove();
    door.closeAllConnections();
    door.close();
    await gateway.close();
  });
  beforeEach(() => {
    gateway.standin.reset();
    [underWay, most, held, waitsFor, seen] = [0, 0, [], 1, []];
    answerWith(gateway.standin, {
      findings: (text) => {
        const [, name = ''] = /^file: "?(\w)\.ts/m.exec(text) ?? [];
        return [finding({ file: `"${name}.ts"`, start_line: 3, end_line: 3 })];
      },
    });
  });

  test('the first question is asked alone, the others at the same time; whichever is answered first, the order stays', async () => {
    const counts: [number, number][] = [];
    // The first question and its second look go alone, four more at once, and then what is left.
    const onAsked = (count: number, of: number): void => {
      counts.push([count, of]);
      waitsFor = count === 1 ? 4 : 1;
      if (count > 1) for (const each of held.splice(0)) each();
    };
    const report = await reviewIn(repository, at, { most: 10, onAsked });
    expect(report.findings.map(({ path }) => path)).toEqual(FILES.map((name) => `${name}.ts`));
    expect(seen.slice(0, 3)).toEqual([1, 1, 1]);
    expect(most).toBe(MOST_AT_ONCE);
    expect(counts).toEqual(FILES.map((_, count) => [count + 1, FILES.length]));
    expect(report.cost.calls).toBe(2 * FILES.length);
  });

  test('what the gateway holds back for some of them is not taken for the end of the money', async () => {
    const own = { url: gateway.dataUrl, key: at.key };
    await gateway.clearLedger();
    const { code, out } = await runReview(repository, own, [
      'main...HEAD',
      '--json',
      '--no-cache',
      '--max-cost',
      '0.20',
    ]);
    const { cost, left_out: leftOut } = JSON.parse(out) as {
      cost: { calls: number; usd: number };
      left_out: unknown;
    };
    expect([code, leftOut]).toEqual([0, []]);
    expect(cost.calls).toBe(2 * FILES.length);
    expect(cost.usd).toBeLessThanOrEqual(0.2);
    const calls = await gateway.ledger(cost.calls);
    expect(Math.round(cost.usd * 1e9)).toBe(
      calls.reduce((sum, { cost_nano: nano }) => sum + Number(nano), 0),
    );
  });

  test('says how many questions have been asked', async () => {
    const { err } = await runReview(repository, at, ['main...HEAD', '--no-cache']);
    const said = [...err.matchAll(/^(\d+) of 6 questions asked …$/gm)].map(([, count]) => Number(count));
    expect(said).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
