/** A floor of one person: no form shows it, so the log, the dashboard and `ai-doctor` do. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderGatewayDocument } from '../../src/gateway-document';
import { CLAIM_SECRET } from '../gateway/support/claims';
import { noonPolicy as policy } from '../gateway/support/calendar';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { lastingCatalog as catalog } from '../gateway/support/lasting-catalog';
import { Platform } from './support';

const floors = { ...policy.floors, people: { grace: 'design-first' as const } };
let folder: string;
let platform: Platform;
let gateway: TestGateway;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'raised-level-'));
  const document = join(folder, 'gateway.json');
  writeFileSync(document, JSON.stringify(renderGatewayDocument(catalog, { ...policy, floors })));
  platform = await Platform.start();
  gateway = await startTestGateway({ env: { GATEWAY_CONFIG: document } });
});
afterAll(async () => {
  await gateway.close();
  await platform.stop();
  rmSync(folder, { recursive: true });
});

const start = async (owner: string, level: string) => {
  const workspace = await platform.workspace({
    gateway: { url: gateway.dataUrl, claimSecret: CLAIM_SECRET },
    parameters: { ai_enforcement_level: level },
    workspace: { owner, ownerId: `${owner}-id`, workspaceId: `${owner}-${level}` },
  });
  const status = () => readFileSync(join(workspace.home, '.config/ai-gateway/status'), 'utf8').trim();
  return { workspace, status, run: await workspace.runScript('ai_setup') };
};

test('whose mode is raised is told so, with what was chosen, also by a later look', async () => {
  const { workspace, status, run } = await start('grace', 'standard');
  expect(run.status).toBe(0);
  expect(run.output).toContain(
    'you chose the mode "standard"; your organisation has laid down "design-first" as the least for you, so that one holds',
  );
  expect(status()).toMatch(/^ready: .*, design-first \(raised for you\)$/);
  expect(await workspace.runScript('ai_setup')).toMatchObject({ status: 0, output: '' });
  expect(status()).toMatch(/\(raised for you\)$/);
});

test('who chose it, and who has no such floor, is told nothing', async () => {
  const [chose, other] = [await start('grace', 'design-first'), await start('ada', 'standard')];
  expect(chose.status()).toMatch(/, design-first$/);
  expect(other.status()).toMatch(/, standard$/);
  expect(chose.run.output + other.run.output).not.toContain('organisation');
});
