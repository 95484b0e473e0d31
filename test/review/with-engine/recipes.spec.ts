import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FORGES, type ForgeName } from '../../../review/forges/names';
import { renderRecipe } from '../../../review/recipes/render';
import { ROOT } from '../../cli/run';
import { MASTER_KEY, startTestGateway, type TestGateway } from '../../gateway/support/gateway';
import { run, type CommandResult } from '../../image/with-engine/commands';
import { reportOf, scriptOf, startJob, writeScript, type Job } from '../recipes/job';
import { answerWith, finding } from '../support/model';

const IMAGE = process.env.TEST_IMAGE ?? '';
const ACTIONLINT = 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.7';
const OPTIONS = { image: 'workspace:1', codeScanning: false };

let gateway: TestGateway;
let key: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  const { json } = await gateway.request(`${gateway.adminUrl}/key/generate`, {
    key: MASTER_KEY,
    body: { scope: 'agent:review', key_alias: 'review' },
  });
  key = json.key;
});
afterAll(() => gateway.close());

/** As a runner does: a container with the script and the job's folder, its values by the environment. */
function runInContainer(
  name: ForgeName,
  job: Job,
  changes: Readonly<Record<string, string>>,
): Promise<CommandResult> {
  const { script, fixed } = scriptOf(name, OPTIONS);
  const environment = {
    ...job.variables(),
    ...fixed,
    AI_GATEWAY_URL: gateway.dataUrl,
    AI_GATEWAY_KEY: key,
    ...changes,
  };
  const volumes = [
    `${ROOT}:/opt/program:ro`,
    `${process.execPath}:/usr/local/bin/node:ro`,
    `${job.folder}:${job.folder}`,
  ];
  return run(
    'docker',
    [
      'run',
      '--rm',
      '--network=host',
      '--user=root',
      '--cap-drop=ALL',
      ...volumes.map((volume) => `--volume=${volume}`),
      ...Object.keys(environment).flatMap((each) => ['--env', each]),
      '--env=PATH=/opt/program/bin:/usr/local/bin:/usr/bin:/bin',
      `--workdir=${job.folder}`,
      IMAGE,
      'sh',
      writeScript(job.folder, script),
    ],
    { environment, timeout: 240 },
  );
}

test.each(FORGES)('the script for %s reviews and comments in a container, and skips a fork', async (name) => {
  const job = await startJob(name);
  try {
    answerWith(gateway.standin, { findings: [finding()] });
    const { status, output } = await runInContainer(name, job, {});
    expect({ status, output }).toEqual({
      status: 0,
      output: expect.stringContaining('1 comment added') as unknown,
    });
    expect(job.standin.state.inline.map(({ line }) => line)).toEqual([2]);
    expect(reportOf(name, job.folder)).toContain('The query is put together from text');
    const skipped = await runInContainer(name, job, {
      AI_GATEWAY_KEY: '',
      REVIEW_HEAD_REPOSITORY: 'somebody/shop',
      CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '99',
    });
    expect(skipped).toEqual({ status: 0, output: expect.stringContaining('comes from a fork') as unknown });
  } finally {
    await job.close();
  }
});

test.each(['github', 'gitea'] as const)('actionlint takes the workflow for %s', async (name) => {
  if ((await run('go', ['version'])).status !== 0) return expect(process.env.CI).not.toBe('true');
  const file = join(mkdtempSync(join(tmpdir(), 'actionlint-')), 'ai-review.yml');
  writeFileSync(
    file,
    renderRecipe(name, { ...OPTIONS, runner: 'ubuntu-24.04', failOn: 'high', maxCost: 0.2 }),
  );
  const { status, output } = await run('go', ['run', ACTIONLINT, '-shellcheck=', '-pyflakes=', file], {
    timeout: 280,
  });
  expect({ status, output: output.replace(/^go: .*\n/gm, '') }).toEqual({ status: 0, output: '' });
});
