/** An image that lacks a program the AI set-up needs. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { filesOf, Platform } from './support';

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
});
afterAll(() => platform.stop());

/** What the set-up and its tools call. */
const PROGRAMS =
  'base64 bash basename cat chmod curl date dirname flock git grep gunzip gzip head id jq mkdir mktemp mv realpath rm sha256sum sleep tail'.split(
    ' ',
  );

/** A folder for the PATH that holds all programs but these. */
function pathWithout(home: string, missing: readonly string[]): string {
  const folder = join(home, '..', `${basename(home)}-programs`);
  mkdirSync(folder);
  for (const program of PROGRAMS.filter((each) => !missing.includes(each)))
    symlinkSync(
      execFileSync('bash', ['-c', `type -P ${program}`], { encoding: 'utf8' }).trim(),
      join(folder, program),
    );
  return folder;
}

const line = (program: string, from: string): string =>
  `AI set-up: the program ${program} is missing in this image, and without it there is no AI here: add the package ${from} to the image\n`;

test.each([
  [['flock'], line('flock', 'util-linux')],
  [['curl'], line('curl', 'curl')],
  [['git', 'gunzip'], line('git', 'git') + line('gunzip', 'gzip')],
])('without %j it says so, once a start, in the log and in the dashboard', async (missing, said) => {
  const workspace = await platform.workspace();
  const PATH = pathWithout(workspace.home, missing);
  expect(await workspace.runScript('ai_setup', { PATH })).toEqual({ status: 1, output: said });
  expect(filesOf(workspace.home)['.config/ai-gateway/status']?.text).toBe(
    `missing in this image: ${missing.join(' ')}\n`,
  );
  // As the agent runs it again, every other minute; and as a person does.
  expect(await workspace.runScript('ai_setup', { PATH })).toEqual({ status: 1, output: '' });
  expect(await workspace.runScript('ai_setup', { PATH, AI_SETUP_AGAIN: '1' })).toEqual({
    status: 1,
    output: said,
  });
  const { output } = await workspace.runInShell('ai-doctor');
  expect(output).toContain(`WRONG    set-up: missing in this image: ${missing.join(' ')}`);
  // Once they are there, nothing else is needed.
  expect((await workspace.runScript('ai_setup')).output).toContain('AI is ready: ');
});

test('without jq there is AI, and a word on the tools that need it', async () => {
  const workspace = await platform.workspace();
  const PATH = pathWithout(workspace.home, ['jq']);
  const { status, output } = await workspace.runScript('ai_setup', { PATH });
  expect(status).toBe(0);
  expect(output).toContain('the program jq is missing in this image, so ai-doctor, ai-models and ai-usage');
  expect(output).toContain('AI is ready: ');
  expect(await workspace.runScript('ai_setup', { PATH })).toEqual({ status: 0, output: '' });
});
