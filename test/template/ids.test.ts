import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalog } from '../../src/catalog';
import { policy } from '../../src/policy';
import { ContractorWorkspaceStack } from '../../src/stacks/contractor-workspace';
import { synthesize } from '../../src/synthesize';

type Tree = Record<string, Record<string, Record<string, unknown>>>;

const outdir = mkdtempSync(join(tmpdir(), 'ids-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));
synthesize({ catalog, policy, outdir }, (app) => {
  new ContractorWorkspaceStack(app, 'contractor-workspace');
});
const form = readFileSync(join(outdir, 'stacks/contractor-workspace/parameters.tf'), 'utf8');
const tree = JSON.parse(readFileSync(join(outdir, 'cdktf/contractor-workspace.tf.json'), 'utf8')) as Record<
  string,
  Tree
>;

const names = (kind: Record<string, Record<string, unknown>>): string[] =>
  Object.entries(kind).flatMap(([type, byName]) => Object.keys(byName).map((name) => `${type}.${name}`));

test('resources keep their names: another name is another resource, and a workspace loses its old one', () => {
  expect(names(tree['resource'] as never).sort()).toEqual([
    'coder_agent.main',
    'coder_app.code_server',
    'coder_env.ai_assistant',
    'coder_env.ai_enforcement_level',
    'coder_env.ai_gateway_url',
    'coder_env.ai_model',
    'coder_env.anthropic_base_url',
    'coder_env.anthropic_default_haiku_model',
    'coder_env.anthropic_model',
    'coder_env.git_author_email',
    'coder_env.git_author_name',
    'coder_env.git_committer_email',
    'coder_env.git_committer_name',
    'coder_env.workspace_dotfiles',
    'coder_env.workspace_dotfiles_pattern',
    'coder_env.workspace_git_repo',
    'coder_env.workspace_git_repo_pattern',
    'coder_metadata.workspace',
    'coder_script.ai_setup',
    'coder_script.code_server',
    'coder_script.dotfiles',
    'coder_script.git_clone',
    'docker_container.workspace',
    'docker_image.workspace',
    'docker_volume.home',
  ]);
});

test('parameters keep names, defaults and values: a stored value that is gone breaks stop and delete', () => {
  const blocks = form.split(/^data "coder_parameter" /m).slice(1);
  const found = blocks.map((block) => {
    const own = block.split(/^ {2}(?:option|validation) \{/m)[0] ?? '';
    return [
      /^"(\w+)"/.exec(block)?.[1],
      /^ {2}default +=\s(".*")$/m.exec(own)?.[1],
      [...block.matchAll(/^ {4}value +=\s"(.*)"$/gm)].map(([, value]) => value).join(' '),
      /^ {2}mutable +=\s(\w+)$/m.exec(own)?.[1],
    ].join(' | ');
  });
  expect(found).toEqual([
    'ai_assistant | "roo-code" | roo-code zoo-code opencode claude-code none | true',
    'ai_model | "claude-sonnet" | claude-sonnet claude-haiku claude-opus | true',
    'ai_enforcement_level | "standard" | unrestricted standard design-first | true',
    'cpu | "2" |  | true',
    'memory | "4" |  | true',
    'git_repo | "" |  | true',
    'dotfiles | "" |  | true',
    'ai_gateway_url | "http://litellm:4000" | http://litellm:4000 | true',
    'litellm_api_key | "" |  | true',
  ]);
});
