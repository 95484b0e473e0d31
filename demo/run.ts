import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { catalog } from '../src/catalog';
import { policy } from '../src/policy';
import { ContractorWorkspaceStack } from '../src/stacks/contractor-workspace';
import { synthesize } from '../src/synthesize';
import { untilStopped } from '../terminal/stopped';
import { Child } from '../test/harness/child';
import { planStartBuild, settledAccount, startGateway } from '../test/harness/platform';
import { endTerraform } from '../test/harness/terraform';
import { ThrowAwayWorkspace } from '../test/harness/throw-away-workspace';
import { answerIn, billed, type KeyInfo } from './answer';
import { findNeeds } from './needs';
import { Progress } from './progress';
import { summary } from './summary';

const ROOT = resolve(__dirname, '..');
const QUESTION = 'What is a Coder template? Answer in one sentence.';
const TEMPLATE = 'contractor-workspace';
const OUTDIR = 'cdktf.out';

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

const succeeded = (what: string, { status, output }: { status: number; output: string }): string => {
  if (status !== 0) {
    throw new Error(`${what} failed (exit code ${status}):\n${output}`.trimEnd());
  }
  return output;
};

/** Things to undo, in reverse, however the demo ends. */
class Cleanup {
  private readonly undo: (() => void | Promise<void>)[] = [];
  private readonly urgent: (() => Promise<void>)[] = [];

  add(undo: () => void | Promise<void>): void {
    this.undo.push(undo);
  }

  /** What is under way, too: ended first when somebody stops the demo. */
  addUrgent(undo: () => Promise<void>): void {
    this.add(undo);
    this.urgent.push(undo);
  }

  async hurry(): Promise<void> {
    await Promise.all(this.urgent.map((undo) => undo()));
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

/**
 * @throws CliError that names the step that failed; whatever was started is ended in any case
 * @throws Stopped at Ctrl-C or SIGTERM
 */
export const runDemo = (): Promise<void> =>
  untilStopped(async (stop) => {
    const cleanup = new Cleanup();
    // What is under way fails then, and with it its step.
    stop.addEventListener(
      'abort',
      () => void Promise.all([Child.stopAll(), endTerraform(), cleanup.hurry()]),
    );
    try {
      await showChain(cleanup, new Progress(stop));
    } finally {
      await cleanup.run();
    }
  });

async function showChain(cleanup: Cleanup, progress: Progress): Promise<void> {
  await progress.step('look for what the demo needs', () => findNeeds(ROOT), { detail: (found) => found });
  const outdir = await progress.step('synthesize the template', () =>
    synthesize({ catalog, policy, outdir: join(ROOT, OUTDIR) }, (app) => {
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
    { detail: ({ label }) => label },
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
    {
      detail: ({ url }) => url,
      remedy:
        'Mend what it names; TMPDIR moves the folder of its store, "npm run gateway -- --help" lists its settings.',
    },
  );
  const own = makeFolder(cleanup, 'contractor-home-', 0o700);
  const build = await progress.step(
    'plan a start build with Terraform',
    () => planStartBuild({ outdir: join(own, 'cdktf.out'), gateway }),
    { detail: ({ scripts }) => `start-up scripts ${[...scripts.keys()].join(', ')}` },
  );
  const home = join(own, 'home');
  mkdirSync(home);
  const workspace = new ThrowAwayWorkspace(home, build);
  cleanup.addUrgent(() => workspace.stop());
  const log = await progress.step(
    'run the AI set-up in a throw-away home',
    async () => readyLog(home, succeeded('The AI set-up', await workspace.runScript('ai_setup'))),
    { remedy: 'What it says above is what a developer would find in the log of the script "AI set-up".' },
  );
  process.stdout.write(log.replace(/^(?=.)/gm, '    '));
  const model = build.environment['AI_MODEL'] ?? '';
  const answer = await progress.step(
    `ask ${model} through OpenCode: "${QUESTION}"`,
    // The model by its full name: OpenCode would take one of its own maker's when it finds none of ours.
    async () => {
      // Word by word: OpenCode puts an argument that holds blanks in quotes.
      const command = `set -f; exec opencode run --format json --model "litellm/$AI_MODEL" -- ${QUESTION}`;
      return answerIn(succeeded('OpenCode', await workspace.runInShell(command)));
    },
    {
      remedy:
        'A refusal comes from the gateway or the provider: mend the key in ANTHROPIC_API_KEY, or unset it.',
    },
  );
  const info = await progress.step(
    'read the account',
    async () => {
      const key = readFileSync(join(home, '.config/ai-gateway/key'), 'utf8').trim();
      return billed(await settledAccount<KeyInfo>(gateway.url, key), model);
    },
    { detail: ({ spend }) => `$${spend.toFixed(6)} spent` },
  );
  process.stdout.write(
    summary({
      root: ROOT,
      outdir: OUTDIR,
      template: TEMPLATE,
      provider: provider.label,
      answer,
      info,
      seconds: progress.seconds,
    }),
  );
}

/**
 * A set-up that found no gateway ends well, too, since the workspace goes on without AI.
 *
 * @throws Error when it is not ready, or has not written what OpenCode reads
 */
function readyLog(home: string, log: string): string {
  const textOf = (path: string): string => {
    const file = join(home, '.config', path);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };
  const state = textOf('ai-gateway/status').trim();
  if (!state.startsWith('ready: '))
    throw new Error(`The AI set-up is not ready (${state || 'no state'}):\n${log}`);
  if (!textOf('opencode/opencode.json').includes('"enabled_providers"'))
    throw new Error(
      `The AI set-up has not written a configuration of OpenCode that keeps it to the gateway:\n${log}`,
    );
  return log;
}
