/** What a person types, and what Coder knows of an owner, arrives in the workspace as it is: the agent expands variables. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AGENT_TOKEN, StartBuild } from '../harness/start-build';
import { errorTexts, expectOk, Terraform, workspaceEnv, type WorkspaceBuild } from '../harness/terraform';
import { PROGRAMS } from './programs';
import { ADA, CLAIM_SECRET } from './support';

/** Every form in which the agent would put something in, or eat something. */
const NAMES =
  '$CODER_AGENT_TOKEN${CODER_AGENT_TOKEN}$$HOME${HOME}$1${1}$*$-${}${a b}$WORKSPACE_DOLLAR${WORKSPACE_DOLLAR} $ ${';

const copies: Terraform[] = [];
afterAll(() => copies.forEach((copy) => copy.dispose()));

/** A reviewed template, ready to be planned. @param change what its form says */
async function reviewed(name: string, change = (form: string): string => form): Promise<Terraform> {
  const terraform = Terraform.copyOf(join(__dirname, '..', 'snapshots', name));
  copies.push(terraform);
  terraform.write('parameters.tf', change(readFileSync(join(terraform.dir, 'parameters.tf'), 'utf8')));
  expectOk(await terraform.init());
  return terraform;
}

const run = (build: WorkspaceBuild): Parameters<Terraform['plan']>[0] => ({
  env: workspaceEnv({ ...ADA, ...build }),
  vars: { workspace_claim_secret: CLAIM_SECRET },
});

const startOf = async (terraform: Terraform, build: WorkspaceBuild): Promise<StartBuild> =>
  new StartBuild(expectOk(await terraform.plan(run(build))).plan);

/** What bash makes of a line above a script. */
const givenIn = (script = '', variable: string): string => {
  const line = new RegExp(`^${variable}=.*$`, 'm').exec(script)?.[0] ?? '';
  return execFileSync('bash', ['-c', `${line}; printf %s "$${variable}"`], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, CODER_AGENT_TOKEN: AGENT_TOKEN },
  });
};

/** Takes any value, as a way past the form would. */
const lenient = (form: string): string =>
  form
    .replace(/\n *(option|validation) \{[^}]*\}/g, '')
    .replace(/\n *form_type .*"(radio|dropdown|slider)"/g, '');

describe.each(Object.keys(PROGRAMS))('%s', (name) => {
  const host = name === 'air-gapped' ? 'git.internal.example' : 'git.example.com';

  test('an address with "$" is refused, with the way to write it', async () => {
    const terraform = await reviewed(name);
    const refused = await terraform.plan(
      run({
        parameters: {
          git_repo: `https://${host}/o/$CODER_AGENT_TOKEN/app`,
          dotfiles: `git@${host}:o/\${CODER_AGENT_TOKEN}`,
        },
      }),
    );
    expect(refused.ok).toBe(false);
    const texts = errorTexts(refused).filter((text) => text.includes('with %24 for any "$"'));
    expect(texts).toHaveLength(2);
    const address = `https://${host}/o/a%24b/app`;
    const { scripts } = await startOf(terraform, { parameters: { git_repo: address } });
    const script = scripts.get('git_clone[0]') ?? '';
    expect(givenIn(script, 'WORKSPACE_GIT_REPO')).toBe(address);
    // The script checks by it: it has to arrive as it is, too.
    const allowed = givenIn(script, 'WORKSPACE_GIT_REPO_PATTERN').replaceAll('[:space:]', '\\s');
    const pattern = new RegExp(`^(${allowed})$`);
    expect(address).toMatch(pattern);
    expect(address.replace('%24', '$')).not.toMatch(pattern);
  });

  test('names and addresses arrive as they are, also past the form', async () => {
    const terraform = await reviewed(name, lenient);
    const { environment, scripts } = await startOf(terraform, {
      owner: `ada${NAMES}`,
      ownerFullName: `Ca$h $HOME ${NAMES}`,
      ownerEmail: `a$b@example.com${NAMES}`,
      groups: [`g${NAMES}`],
      workspaceName: `dev${NAMES}`,
      parameters: {
        git_repo: `https://git.example.com/o/${NAMES}`,
        dotfiles: `git@git.example.com:${NAMES}`,
        ai_assistant: `none${NAMES}`,
        ai_gateway_url: `http://litellm:4000${NAMES}`,
        ai_model: NAMES,
        ai_enforcement_level: NAMES,
      },
    });
    expect(environment).toMatchObject({
      GIT_AUTHOR_NAME: `Ca$h $HOME ${NAMES}`,
      GIT_AUTHOR_EMAIL: `a$b@example.com${NAMES}`,
      GIT_COMMITTER_NAME: `Ca$h $HOME ${NAMES}`,
      GIT_COMMITTER_EMAIL: `a$b@example.com${NAMES}`,
      AI_ASSISTANT: `none${NAMES}`,
      AI_GATEWAY_URL: `http://litellm:4000${NAMES}`,
    });
    expect(givenIn(scripts.get('git_clone[0]'), 'WORKSPACE_GIT_REPO')).toBe(
      `https://git.example.com/o/${NAMES}`,
    );
    expect(givenIn(scripts.get('dotfiles[0]'), 'WORKSPACE_DOTFILES')).toBe(`git@git.example.com:${NAMES}`);
    const { CODER_AGENT_TOKEN: own, ...others } = environment;
    expect(own).toBe(AGENT_TOKEN);
    expect(JSON.stringify(others)).not.toContain(AGENT_TOKEN);
  });
});

test('the variables of an assistant go the same way', async () => {
  const terraform = await reviewed('contractor-workspace', lenient);
  const { environment } = await startOf(terraform, {
    parameters: { ai_assistant: 'claude-code', ai_gateway_url: 'http://$HOME' },
  });
  expect(environment).toMatchObject({ ANTHROPIC_BASE_URL: 'http://$HOME' });
});
