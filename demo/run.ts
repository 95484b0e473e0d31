import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, devNull, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { catalog } from '../src/catalog';
import { policy } from '../src/policy';
import { ContractorWorkspaceStack } from '../src/stacks/contractor-workspace';
import { onStopSignal } from '../terminal/stop-signals';
import { synthesize } from '../src/synthesize';
import { Child } from '../test/harness/child';
import { planStartBuild, settledAccount, startGateway } from '../test/harness/platform';
import { ThrowAwayWorkspace } from '../test/harness/throw-away-workspace';
import { Progress } from './progress';
import { summary, type KeyInfo } from './summary';

const ROOT = resolve(__dirname, '..');
const QUESTION = 'What is a Coder template? Answer in one sentence.';
const TEMPLATE = 'contractor-workspace';

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
  const [child, environment] = await Child.start(
    join(ROOT, 'test/standins/anthropic/main.ts'),
    ['--max-seconds', '600'],
    process.env,
    ({ url, apiKey }) =>
      typeof url === 'string' && typeof apiKey === 'string'
        ? { ANTHROPIC_API_KEY: apiKey, ANTHROPIC_BASE_URL: url }
        : undefined,
  );
  return { environment, label: 'a stand-in for the model, because ANTHROPIC_API_KEY is not set', child };
}

/** @throws when there is none, before anything else is started */
function terraformVersion(): string {
  const binary = process.env.TERRAFORM_BINARY_NAME ?? 'terraform';
  const { stdout, error } = spawnSync(binary, ['version'], {
    encoding: 'utf8',
    env: { ...process.env, CHECKPOINT_DISABLE: '1', TF_CLI_CONFIG_FILE: devNull },
  });
  if (error) {
    throw new Error(`no "${binary}" on the PATH: install Terraform >= 1.9 or set TERRAFORM_BINARY_NAME`);
  }
  return stdout.split('\n')[0] ?? '';
}

const succeeded = (what: string, { status, output }: { status: number; output: string }): string => {
  if (status !== 0) {
    throw new Error(`${what} failed (exit code ${status}):\n${output}`);
  }
  return output;
};

/** Things to undo, in reverse, however the demo ends. */
class Cleanup {
  private readonly undo: (() => void | Promise<void>)[] = [];

  add(undo: () => void | Promise<void>): void {
    this.undo.push(undo);
  }

  async run(): Promise<void> {
    for (let undo = this.undo.pop(); undo; undo = this.undo.pop()) await undo();
  }
}

function makeFolder(cleanup: Cleanup, name: string, mode: number): string {
  const folder = mkdtempSync(join(tmpdir(), name));
  chmodSync(folder, mode);
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** @throws with the step's own message; whatever was started is ended in any case */
export async function runDemo(): Promise<void> {
  const cleanup = new Cleanup();
  const quit = onStopSignal((signal) => {
    void Child.stopAll()
      .then(() => cleanup.run())
      .finally(() => process.exit(128 + constants.signals[signal]));
  });
  try {
    await showChain(cleanup);
  } finally {
    await cleanup.run();
    quit();
  }
}

async function showChain(cleanup: Cleanup): Promise<void> {
  const progress = new Progress();
  await progress.step('find Terraform', terraformVersion, (version) => version);
  const outdir = await progress.step('synthesize the template', () =>
    synthesize({ catalog, policy, outdir: join(ROOT, 'cdktf.out') }, (app) => {
      new ContractorWorkspaceStack(app, TEMPLATE);
    }),
  );
  const provider = await progress.step(
    'find a model',
    async () => {
      const found = await startProvider();
      if (found.child) cleanup.add(() => found.child?.stop());
      return found;
    },
    ({ label }) => label,
  );
  const gateway = await progress.step(
    'start the gateway on its embedded store',
    async () => {
      // The store's own account must be able to pass through this folder.
      const dataDir = join(makeFolder(cleanup, 'contractor-store-', 0o711), 'gateway');
      const running = await startGateway({
        dataDir,
        provider: provider.environment,
        environment: { GATEWAY_CONFIG: join(outdir, 'gateway', 'config.json') },
      });
      cleanup.add(() => running.stop());
      return running;
    },
    ({ url }) => url,
  );
  const own = makeFolder(cleanup, 'contractor-home-', 0o700);
  const build = await progress.step(
    'plan a start build with Terraform',
    () => planStartBuild({ outdir: join(own, 'cdktf.out'), gateway }),
    ({ scripts }) => `start-up scripts ${[...scripts.keys()].join(', ')}`,
  );
  const home = join(own, 'home');
  mkdirSync(home);
  const workspace = new ThrowAwayWorkspace(home, build);
  cleanup.add(() => workspace.stop());
  const log = await progress.step('run the AI set-up in a throw-away home', async () =>
    succeeded('the AI set-up', await workspace.runScript('ai_setup')),
  );
  process.stdout.write(log.replace(/^(?=.)/gm, '    '));
  const answer = await progress.step(`ask through OpenCode: "${QUESTION}"`, async () =>
    succeeded('OpenCode', await workspace.runInShell(`exec opencode run "${QUESTION}"`)),
  );
  const info = await progress.step('read the account', async () => {
    const key = readFileSync(join(home, '.config/ai-gateway/key'), 'utf8').trim();
    return settledAccount<KeyInfo>(gateway.url, key);
  });
  process.stdout.write(
    summary({
      outdir,
      template: TEMPLATE,
      provider: provider.label,
      answer,
      info,
      seconds: progress.seconds,
    }),
  );
}
