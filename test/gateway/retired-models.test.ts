import { warnOfRetirements } from '../../gateway/config/retirement';
import { createLogger } from '../../gateway/log';
import { catalog } from '../../src/catalog';
import { renderGatewayDocument } from '../../src/gateway-document';
import { policy } from '../../src/policy';
import { startTestGateway, type TestGateway } from './support/gateway';
import { askMessages } from './support/messages';

const document = renderGatewayDocument(catalog, policy);

describe('a model that its provider has ended', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.close());

  test.each(['claude-opus-4', 'claude-opus-4-20250514', 'claude-opus-4-1-20250805'])(
    '%s is answered for by its successor, and the client is told',
    async (model) => {
      const answer = await askMessages(gateway, await gateway.workspaceKey(), { model });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-gateway-retired-model')).toBe(model);
      expect(answer.headers.get('x-gateway-deployment')).toBe('anthropic/claude-opus-4-5-20251101');
      expect(answer.json.model).toBe(model);
    },
  );

  test('a name that is not retired is not spoken of', async () => {
    const answer = await askMessages(gateway, await gateway.workspaceKey(), { model: 'claude-opus' });
    expect(answer.status).toBe(200);
    expect(answer.headers.has('x-gateway-retired-model')).toBe(false);
  });
});

describe('a deployment that ends', () => {
  const warnings = (day: string): { msg: string; deployment: string; retires_on: string }[] => {
    const lines: string[] = [];
    const logger = createLogger('info', (line) => lines.push(line));
    warnOfRetirements(document, logger, new Date(`${day}T12:00:00Z`));
    return lines.map((line) => JSON.parse(line) as ReturnType<typeof warnings>[number]);
  };
  const sonnet = { deployment: 'anthropic/claude-sonnet-4-5-20250929', retires_on: '2026-11-30' };

  test('is named in the log two months before, and from then on', () => {
    expect(warnings('2026-09-01')).toEqual([]);
    expect(warnings('2026-10-15')).toEqual([
      expect.objectContaining({ ...sonnet, msg: expect.stringContaining('ends a model soon') as string }),
    ]);
    expect(warnings('2026-11-30')).toEqual([
      expect.objectContaining({ ...sonnet, msg: expect.stringContaining('has ended a model') as string }),
    ]);
  });
});
