import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { policy } from '../../src/policy';
import { claimIn } from '../template/support';
import { RepositoryAddress } from '../../constructs/workspace/repository-address';
import { filesOf, Platform } from './support';

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
});
afterAll(() => platform.stop());

/** A listener nobody may talk to. */
async function listen(): Promise<{
  url: string;
  requests: IncomingMessage[];
  close: () => Promise<unknown>;
}> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, requests, close: () => new Promise((resolve) => server.close(resolve)) };
}

const AWKWARD = `"'\`touch "$HOME/ran"\`$(touch "$HOME/ran")\n; touch "$HOME/ran" #\${HOME} %{x} \\`;

test.each(['"', "'", '`touch "$HOME/ran"`', '$(touch "$HOME/ran")', 'a\nb', AWKWARD])(
  'a pasted key %j is data: refused by name, nothing runs',
  async (value) => {
    const workspace = await platform.workspace({ parameters: { litellm_api_key: value } });
    const result = await workspace.runScript('ai_setup');
    expect(result.status).toBe(1);
    expect(result.output).toContain('"AI API Key" is no key');
    expect(existsSync(join(workspace.home, 'ran'))).toBe(false);
    expect(filesOf(workspace.home)).toEqual({
      '.config/ai-gateway/status': { text: 'AI API key not valid\n', mode: '600' },
    });
  },
);

test('an owner whose name is code arrives as text', async () => {
  const workspace = await platform.workspace({
    workspace: { owner: 'ada', workspaceName: 'dev', ownerFullName: AWKWARD },
  });
  const { output } = await workspace
    .runScript('ai_setup')
    .then(() => workspace.runInShell('printf %s "$GIT_AUTHOR_NAME" | base64 -w0'));
  expect(Buffer.from(output, 'base64').toString()).toBe(AWKWARD);
  expect(existsSync(join(workspace.home, 'ran'))).toBe(false);
});

test('a name that the agent could take for a variable stays a name, and its token stays its own', async () => {
  const name = 'Ca$h $HOME ${CODER_AGENT_TOKEN} $$1';
  const workspace = await platform.workspace({
    workspace: { ownerFullName: name, ownerEmail: 'ca$h@example.com' },
  });
  await workspace.runScript('ai_setup');
  await workspace.runInShell('git init -q app && git -C app commit -q --allow-empty -m first');
  const { output } = await workspace.runInShell('git -C app log --format="%an <%ae>, %cn <%ce>"');
  expect(output).toBe(`${name} <ca$h@example.com>, ${name} <ca$h@example.com>\n`);
});

test('a repository that only ssh reaches is refused with the way out where the image has no ssh', async () => {
  const workspace = await platform.workspace({
    props: { repositories: RepositoryAddress.anyHost({ ssh: true }) },
    parameters: { git_repo: 'git@git.example.com:team/app.git' },
  });
  // The programs the script needs, as an image without ssh has them.
  const programs = join(workspace.home, 'programs');
  mkdirSync(programs);
  for (const one of ['base64', 'bash', 'ls', 'git', 'mkdir']) {
    symlinkSync(
      execFileSync('bash', ['-c', `type -P ${one}`], { encoding: 'utf8' }).trim(),
      join(programs, one),
    );
  }
  const result = await workspace.runScript('git_clone[0]', { PATH: programs });
  expect(result.status).toBe(1);
  expect(result.output).toContain('this image has no ssh to reach it by: give its https:// address');
});

test('a repository address that is a command is refused by the script, too', async () => {
  const workspace = await platform.workspace({ parameters: { git_repo: 'https://example.com/x.git' } });
  for (const address of [
    'ext::sh -c "touch $HOME/ran"',
    '--upload-pack=touch ran',
    'https://x/$(touch ran)y z',
    'https://x/$(touch${IFS}ran)y',
    'https://x/$CODER_AGENT_TOKEN/y',
    'git@git.example.com:team/app',
  ]) {
    const result = await workspace.runScript('git_clone[0]', { WORKSPACE_GIT_REPO: address });
    expect(result).toMatchObject({ status: 1 });
    expect(result.output).toContain('git_repo is');
    expect(result.output).toContain('with %24 for any "$"');
  }
  expect(existsSync(join(workspace.home, 'ran'))).toBe(false);
});

test.each(['bin', '.config', '.ssh.git', 'node_modules'])(
  'a repository called %s is not cloned over what the home uses',
  async (name) => {
    const address = `https://token@example.invalid/x/${name}`;
    const workspace = await platform.workspace({ parameters: { git_repo: address } });
    const result = await workspace.runScript('git_clone[0]');
    expect(result.status).toBe(1);
    expect(result.output).toContain(`the repository of git_repo is named "${name.replace(/\.git$/, '')}"`);
    expect(result.output).toMatch(
      /allowed is a name that .+: empty git_repo in the settings of the workspace/,
    );
    expect(result.output).not.toContain('token');
    expect(filesOf(workspace.home)).toEqual({});
  },
);

test.each([
  ['git_repo', 'git_clone[0]', 'WORKSPACE_GIT_REPO'],
  ['dotfiles', 'dotfiles[0]', 'WORKSPACE_DOTFILES'],
])('a refused address in %s is shown without the token in it', async (parameter, script, variable) => {
  const workspace = await platform.workspace({ parameters: { [parameter]: 'https://example.com/x.git' } });
  for (const start of ['https://me:token', 'HTTPS://token', 'me:token']) {
    const result = await workspace.runScript(script, { [variable]: `${start}@example.invalid/x y` });
    expect(result.status).toBe(1);
    expect(result.output).toContain('…@example.invalid/x y"; allowed is');
    expect(result.output).not.toContain('token');
  }
});

test('claim and pasted key go to an allowed gateway only', async () => {
  const elsewhere = await listen();
  const chosen: Record<string, string>[] = [{}, { litellm_api_key: 'sk-0123456789abcdef0123456789abcdef' }];
  for (const parameters of chosen) {
    const workspace = await platform.workspace({ parameters });
    const result = await workspace.runScriptWith('ai_setup', 'gateway', elsewhere.url);
    expect(result.status).toBe(1);
    expect(result.output).toContain(`ai_gateway_url is "${elsewhere.url}"`);
    expect(result.output).toContain(platform.gateway.url);
  }
  expect(elsewhere.requests).toHaveLength(0);
  await elsewhere.close();
});

test('a proxy, a .curlrc or a redirect does not carry the claim away', async () => {
  const elsewhere = await listen();
  const workspace = await platform.workspace();
  await workspace.runInShell(`printf 'proxy = "%s"\\n' "${elsewhere.url}" > ~/.curlrc`);
  const result = await workspace.runScript('ai_setup', {
    http_proxy: elsewhere.url,
    ALL_PROXY: elsewhere.url,
  });
  expect(result).toMatchObject({ status: 0 });
  expect(elsewhere.requests).toHaveLength(0);
  await elsewhere.close();
});

test('the claim is in no environment, and in no file of the home', async () => {
  const workspace = await platform.workspace();
  const wire = claimIn(workspace.scriptText('ai_setup'))?.wire ?? 'missing';
  await workspace.runScript('ai_setup');
  const { output } = await workspace.runInShell('env');
  expect(output).not.toContain(wire);
  expect(JSON.stringify(filesOf(workspace.home))).not.toContain(wire);
});

test('a gateway that does not answer is waited for, named, and costs the login nothing', async () => {
  // Where nothing listens, and nothing will.
  const closed = 'http://127.0.0.1:1';
  const workspace = await platform.workspace({
    props: { policy: { ...policy, gateways: [closed] } },
  });
  const began = Date.now();
  const result = await workspace.runScript('ai_setup', { AI_SETUP_WAIT: '3' });
  expect(result.status).toBe(0);
  expect(result.output).toContain(`the gateway at ${closed} does not answer`);
  expect(filesOf(workspace.home)['.config/ai-gateway/status']?.text).toBe('gateway not reachable\n');
  // Not the minute that it waits unless it is told otherwise.
  expect(Date.now() - began).toBeLessThan(45_000);
});

test('a refusal of the gateway is shown in its words', async () => {
  const workspace = await platform.workspace({
    gateway: { ...platform.gateway, claimSecret: 'another-secret-of-more-than-32-characters' },
  });
  const result = await workspace.runScript('ai_setup');
  expect(result.status).toBe(1);
  expect(result.output).toMatch(/the gateway refused this workspace \(HTTP 401\): .{20,}/);
});

test.each([
  [
    'assistant',
    'copilot',
    'ai_assistant is "copilot"; allowed are claude-code, none, opencode, roo-code, zoo-code',
  ],
  ['gateway', '', 'ai_gateway_url is ""'],
  ['gateway', 'http://elsewhere:4000', 'Neither claim nor key was sent'],
])('an unknown %s "%s" is refused with what is allowed', async (line, value, words) => {
  const workspace = await platform.workspace();
  const result = await workspace.runScriptWith('ai_setup', line, value);
  expect(result.status).toBe(1);
  expect(result.output).toContain(words);
});

test('a pasted key the gateway does not know is not passed off as ready', async () => {
  const workspace = await platform.workspace({
    parameters: { litellm_api_key: 'sk-0123456789abcdef0123456789abcdef' },
  });
  const result = await workspace.runScript('ai_setup');
  expect(result.status).toBe(1);
  expect(result.output).toContain('HTTP 401');
  expect(result.output).not.toContain('sk-0123456789abcdef');
});

test('a pasted key the gateway knows is used', async () => {
  const first = await platform.workspace();
  await first.runScript('ai_setup');
  const key = filesOf(first.home)['.config/ai-gateway/key']?.text.trim() ?? '';
  const second = await platform.workspace({ parameters: { litellm_api_key: key } });
  expect(await second.runScript('ai_setup')).toMatchObject({ status: 0 });
  expect(filesOf(second.home)['.config/ai-gateway/key']?.text.trim()).toBe(key);
});

test('the list of written files cannot order the removal of others', async () => {
  const home = platform.newHome();
  const first = await platform.workspace({}, home);
  await first.runScript('ai_setup');
  await first.runInShell('touch ~/precious; echo "$HOME/precious" >> ~/.config/ai-gateway/written');
  const off = await platform.workspace({ parameters: { ai_assistant: 'none' } }, home);
  expect(await off.runScript('ai_setup')).toMatchObject({ status: 0 });
  expect(Object.keys(filesOf(home)).sort()).toEqual(['.bashrc', 'precious']);
});
