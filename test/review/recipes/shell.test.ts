import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { ForgeName } from '../../../review/forges/names';
import { PROGRAM, type Ended } from '../../cli/run';
import { MASTER_KEY, startTestGateway, type TestGateway } from '../../gateway/support/gateway';
import { answerWith, finding } from '../support/model';
import { reportOf, scriptOf, startJob, writeScript, type Job } from './job';
import { TOKEN } from '../../standins/forges';

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
beforeEach(() => gateway.standin.reset());

const SHELLS: Readonly<Record<ForgeName, string>> = { github: 'sh', gitea: 'bash', gitlab: 'bash' };

function runScript(
  name: ForgeName,
  job: Job,
  changes: Readonly<Record<string, string>> = {},
  failOn?: 'high',
): Promise<Ended> {
  const { script, fixed } = scriptOf(name, {
    image: 'workspace:1',
    codeScanning: false,
    ...(failOn === undefined ? {} : { failOn }),
  });
  const child = spawn(SHELLS[name], [writeScript(job.folder, script)], {
    cwd: job.folder,
    env: {
      PATH: [dirname(PROGRAM), process.env['PATH']].join(delimiter),
      HOME: mkdtempSync(join(tmpdir(), 'review-home-')),
      ...job.variables(),
      ...fixed,
      AI_GATEWAY_URL: gateway.dataUrl,
      AI_GATEWAY_KEY: key,
      ...changes,
    },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', (code) => done({ code, out, err }));
  });
}

describe.each(['github', 'gitlab', 'gitea'] as const)('the script for %s', (name) => {
  let job: Job;
  beforeAll(async () => {
    job = await startJob(name);
  });
  afterAll(() => job.close());
  beforeEach(() => job.standin.reset());

  test('fetches the change, reviews it, comments, and a second run writes nothing new', async () => {
    answerWith(gateway.standin, { findings: [finding()] });
    const first = await runScript(name, job);
    expect({ code: first.code, err: first.err }).toEqual({
      code: 0,
      err: expect.stringContaining('summary added; 1 comment added') as unknown,
    });
    const { inline, comments } = job.standin.state;
    expect(inline.map(({ path, line }) => [path, line])).toEqual([['src/load.ts', 2]]);
    expect(comments).toHaveLength(1);
    expect(reportOf(name, job.folder)).toContain('The query is put together from text');
    for (const { out, err } of [first]) expect(out + err).not.toContain(TOKEN);
    const second = await runScript(name, job);
    expect(second.err).toContain('1 comment there already');
    expect([inline.length, comments.length]).toEqual([1, 1]);
    answerWith(gateway.standin, {});
    expect((await runScript(name, job)).err).toContain('1 finding gone');
  });

  test('fails as --fail-on says, after the comment is there', async () => {
    answerWith(gateway.standin, { findings: [finding()] });
    const { code } = await runScript(name, job, {}, 'high');
    expect([code, job.standin.state.inline.length]).toEqual([1, 1]);
  });

  test("skips a fork's change, which has no secrets, with a word", async () => {
    const fork: Record<string, string> =
      name === 'gitlab'
        ? { CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '99' }
        : { REVIEW_HEAD_REPOSITORY: 'somebody/shop' };
    const { code, out } = await runScript(name, job, { ...fork, AI_GATEWAY_KEY: '' });
    expect([code, out]).toEqual([
      0,
      'AI review: skipped: the change comes from a fork, which gets no secrets.\n',
    ]);
    expect([gateway.standin.requests, job.standin.requests]).toEqual([[], []]);
    const own = await runScript(name, job, { AI_GATEWAY_KEY: '' });
    expect([own.code, own.out]).toEqual([2, expect.stringContaining('set it as a secret')]);
  });

  test('leaves a commit that is no longer the last one to its own run', async () => {
    const old: Record<string, string> =
      name === 'gitlab' ? { CI_COMMIT_SHA: 'a'.repeat(40) } : { REVIEW_HEAD: 'a'.repeat(40) };
    const { code, out } = await runScript(name, job, old);
    expect([code, out]).toEqual([0, expect.stringContaining('another commit by now')]);
    expect(gateway.standin.requests).toEqual([]);
  });
});

const jobs: Job[] = [];
afterAll(() => Promise.all(jobs.map((job) => job.close())));
async function started(...args: Parameters<typeof startJob>): Promise<Job> {
  const job = await startJob(...args);
  jobs.push(job);
  return job;
}

test('a change that was made long ago is fetched as deep as it takes', async () => {
  const job = await started('github', 130);
  answerWith(gateway.standin, { findings: [finding()] });
  const { code, err } = await runScript('github', job);
  expect([code, err]).toEqual([0, expect.stringContaining('1 comment added')]);
});

test('a pull request that is told to do something by its branch does not', async () => {
  const job = await started('github');
  job.repository.git('update-ref', 'refs/heads/x;touch${IFS}owned', 'main');
  answerWith(gateway.standin, {});
  const { code } = await runScript('github', job, { REVIEW_BASE: 'x;touch${IFS}owned' });
  expect(code).toBe(0);
  expect(readdirSync(job.folder).sort()).toEqual(['script.sh', 'summary.md']);
});
