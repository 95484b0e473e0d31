import { randomUUID } from 'node:crypto';
import type { CallRecord } from '../../gateway/ledger/call-record';
import { createSettlements } from '../../gateway/ledger/settlements';
import { GatewayError } from '../../gateway/errors';
import { createLogger } from '../../gateway/log';
import { currentEntitlement } from '../../gateway/stages/policy';
import { currentTerms } from '../../gateway/stages/admit';
import { book } from '../../gateway/stages/settle';
import { eventually, startTestGateway, type TestGateway } from './support/gateway';

describe('a settlement that the store refuses', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.close());

  test('is booked as an estimate, loudly, and holds nothing back', async () => {
    const { services } = gateway.gateway;
    const key = await services.keys.find(await gateway.workspaceKey());
    if (key === undefined) throw new Error('no key');
    const origin: CallRecord['origin'] = {
      keyId: key.id,
      scope: key.scope,
      ownerId: key.ownerId,
      ownerName: key.ownerName,
      workspaceId: key.workspaceId,
      workspaceName: key.workspaceName,
      templateName: key.templateName,
      level: 'standard',
      protocol: 'openai-chat',
      model: 'm',
      modelAsked: 'm',
      streamed: false,
      client: 'node',
      session: null,
    };
    const requestId = randomUUID();
    const accounts = await currentTerms(services, key, currentEntitlement(services, key));
    const outcome = await services.ledger.reserve({
      requestId,
      accounts,
      inputCost: 1_000,
      outputTokenCost: 10,
      maxTokens: 5,
      minTokens: 5,
      origin,
    });
    if (!outcome.granted) throw new Error('not granted');
    await book(services, outcome.reservation, {
      origin,
      provider: 'anthropic',
      deployment: 'd',
      attempts: 1,
      inputTokens: 1,
      outputTokens: 2,
      cacheWriteTokens: 0,
      cacheReadTokens: 0,
      // Above what a bigint holds.
      cost: 1e19,
      estimated: false,
      latencyMs: 1,
      firstTokenMs: null,
      status: 200,
      errorType: null,
    });
    expect(await gateway.store.query('select from reservations')).toEqual([]);
    expect(
      await gateway.store.query('select request_id, cost_nano, estimated, input_tokens from calls'),
    ).toEqual([{ request_id: requestId, cost_nano: '1050', estimated: true, input_tokens: '0' }]);
    expect(await gateway.store.query('select spent_nano, reserved_nano, open_calls from accounts')).toEqual(
      accounts.map(() => ({ spent_nano: '1050', reserved_nano: '0', open_calls: 0 })),
    );
    const alerts = gateway.logs
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => msg === 'alert');
    expect(alerts).toMatchObject([{ level: 'error', alert: 'settlement_refused', request_id: requestId }]);
  });
});

test('what the store cannot take just now is tried again, the exact one first', async () => {
  const logs: string[] = [];
  const settlements = createSettlements(createLogger('debug', (line) => logs.push(line)));
  const tried: string[] = [];
  const failing = (name: string, faults: Error[]) => () => {
    tried.push(name);
    const fault = faults.shift();
    return fault ? Promise.reject(fault) : Promise.resolve();
  };
  const away = new GatewayError('store_unavailable');
  const busy = new GatewayError('store_busy');
  const run = (id: string, exact: Error[], estimate: Error[]) =>
    settlements.run(id, failing(`${id} exact`, exact), failing(`${id} estimate`, estimate));
  await run('a', [away, busy], []);
  await run('b', [new Error('refused')], [away]);
  await run('c', [new Error('refused')], [new Error('refused, too')]);
  await eventually(() => (tried.length >= 8 ? true : undefined));
  await settlements.finish(1_000);
  const of = (id: string) => tried.filter((each) => each.startsWith(id));
  expect(of('a')).toEqual(['a exact', 'a exact', 'a exact']);
  expect(of('b')).toEqual(['b exact', 'b estimate', 'b estimate']);
  expect(of('c')).toEqual(['c exact', 'c estimate']);
  expect(logs.filter((line) => line.includes('settlement_refused'))).toHaveLength(3);
});
