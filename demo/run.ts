import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { request } from 'undici';
import { catalog } from '../src/catalog';
import { policy } from '../src/policy';
import { ContractorWorkspaceStack } from '../src/stacks/contractor-workspace';
import { synthesize } from '../src/synthesize';
import { Terraform, workspaceEnv } from '../test/harness/terraform';
import { Child } from './child';
import { Progress } from './progress';
import { StartBuild } from './start-build';
import { summary, type KeyInfo } from './summary';
import { ThrowAwayWorkspace } from './workspace';

const ROOT = resolve(__dirname, '..');
const QUESTION = 'What is a Coder template? Answer in one sentence.';
const TEMPLATE = 'contractor-workspace';

/** Secrets of this one run. */
const secret = (): string => randomBytes(32).toString('hex');

interface Provider {
  readonly environment: NodeJS.ProcessEnv;
  readonly label: string;
  readonly child?: Child;
}

async function startProvider(): Promise<Provider> {
  if (process.env.ANTHROPIC_API_KEY) {
    const { ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL } = process.env;
    return { environment: { ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL }, label: 'Anthropic, with your key' };
  }
  const apiKey = `sk-ant-standin-${secret()}`;
  const [child, url] = await Child.start(
    join(ROOT, 'test/standins/anthropic/main.ts'),
    ['--max-seconds', '180'],
    { ...process.env, STANDIN_API_KEY: apiKey },
    (line) => (typeof line.url === 'string' ? line.url : undefined),
  );
  return {
    environment: { ANTHROPIC_API_KEY: apiKey, ANTHROPIC_BASE_URL: url },
    label: 'a stand-in for the model, because ANTHROPIC_API_KEY is not set',
    child,
  };
}

async function startGateway(dataDir: string, claimSecret: string, provider: Provider): Promise<[Child, string]> {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(GATEWAY_|LITELLM_|WORKSPACE_|CODER_|DATABASE_URL)/.test(name)),
  );
  return Child.start(
    join(ROOT, 'gateway/main.ts'),
    [],
    {
      ...inherited,
      ...provider.environment,
      GATEWAY_PORT: '0',
      GATEWAY_ADMIN_PORT: '0',
      GATEWAY_MASTER_KEY: `sk-${secret()}`,
      GATEWAY_DATA_DIR: dataDir,
      GATEWAY_CONFIG: join(ROOT, 'cdktf.out/gateway/config.json'),
      WORKSPACE_CLAIM_SECRET: claimSecret,
      LOG_LEVEL: 'info',
    },
    (line) => (line.msg === 'listening' && typeof line.data_url === 'string' ? line.data_url : undefined),
  );
}

/** Plans a start build as Coder would, of the same template with a gateway that is reachable from here. */
async function planStartBuild(outdir: string, gateway: string, claimSecret: string): Promise<StartBuild> {
  synthesize({ catalog, policy, outdir }, (app) => {
    new ContractorWorkspaceStack(app, TEMPLATE, { policy: { ...policy, gateways: [gateway] } });
  });
  const terraform = new Terraform(join(outdir, 'stacks', TEMPLATE));
  await terraform.init();
  const { plan } = await terraform.plan({
    env: workspaceEnv({
      owner: 'ada',
      ownerId: '0f6d6b1e-5c1c-4d3b-9a52-6f1f2f4b7a01',
      workspaceName: 'demo',
      workspaceId: 'c0a8a1f4-2f0b-4f7e-8d0e-5b9b1c2d3e4f',
      templateName: TEMPLATE,
    }),
    vars: { workspace_claim_secret: claimSecret },
  });
  return new StartBuild(plan);
}

const succeeded = (what: string, { status, output }: { status: number; output: string }): string => {
  if (status !== 0) {
    throw new Error(`${what} failed (exit code ${status}):\n${output}`);
  }
  return output;
};

/** @throws with the step's own message; whatever was started is ended in any case */
export async function runDemo(): Promise<void> {
  const progress = new Progress();
  // Two folders: the store's account must pass through the first, nobody but us may enter the second.
  const shared = mkdtempSync(join(tmpdir(), 'contractor-demo-'));
  chmodSync(shared, 0o711);
  const own = mkdtempSync(join(tmpdir(), 'contractor-home-'));
  const children: Child[] = [];
  try {
    const claimSecret = secret();
    const outdir = await progress.step('synthesize the template', () =>
      synthesize({ catalog, policy, outdir: join(ROOT, 'cdktf.out') }, (app) => {
        new ContractorWorkspaceStack(app, TEMPLATE);
      }),
    );
    const provider = await progress.step('find a model', startProvider, ({ label }) => label);
    if (provider.child) children.push(provider.child);
    const gateway = await progress.step(
      'start the gateway on its embedded store',
      async () => {
        const [child, url] = await startGateway(join(shared, 'gateway'), claimSecret, provider);
        children.push(child);
        return url;
      },
      (url) => url,
    );
    const build = await progress.step(
      'plan a start build with Terraform',
      () => planStartBuild(join(own, 'cdktf.out'), gateway, claimSecret),
      ({ scripts }) => `${scripts.size} start-up scripts`,
    );
    const home = join(own, 'home');
    mkdirSync(home);
    const workspace = new ThrowAwayWorkspace(home, build);
    const log = await progress.step('run the AI set-up in a throw-away home', async () =>
      succeeded('the AI set-up', await workspace.runScript('ai_setup')),
    );
    process.stdout.write(log.replace(/^/gm, '    '));
    const answer = await progress.step(`ask through OpenCode: "${QUESTION}"`, async () =>
      succeeded('OpenCode', await workspace.runInShell(`"${join(ROOT, 'node_modules/.bin/opencode')}" run "${QUESTION}"`)),
    );
    const key = readFileSync(join(home, '.config/ai-gateway/key'), 'utf8').trim();
    const info = await progress.step('read the account', async () => {
      const response = await request(`${gateway}/api/v1/keys/info`, { headers: { authorization: `Bearer ${key}` } });
      return (await response.body.json()) as KeyInfo;
    });
    process.stdout.write(
      summary({ outdir, template: TEMPLATE, provider: provider.label, answer, info, seconds: progress.seconds }),
    );
  } finally {
    for (const child of children.reverse()) await child.stop();
    rmSync(shared, { recursive: true, force: true });
    rmSync(own, { recursive: true, force: true });
  }
}
