import { changesBy, editedTemplate, titles, type Edit } from './support';

const AGENT = 'resource "coder_agent" "main" {\n';
const CONTAINER = 'container (`docker_container.workspace`)';

describe('the container', () => {
  test.each<{ what: string; edit: Edit; older?: Edit; expected: string[]; says: RegExp }>([
    {
      what: 'another image',
      edit: (template) =>
        template.replace('workspace.tf', 'contractor-workspace:1', 'contractor-workspace:2'),
      expected: ['replaces: image (`docker_image.workspace`): `name` changed'],
      says: /contractor-workspace:1.*→.*contractor-workspace:2[^]*by `image`: Terraform makes a new container/,
    },
    {
      what: 'a value that cannot change in place',
      edit: (template) =>
        template.replace('workspace.tf', '"no-new-privileges"', '"no-new-privileges", "apparmor=x"'),
      expected: [`replaces: ${CONTAINER}: \`security_opts\` changed`],
      says: /new container/,
    },
    {
      what: 'a value that changes in place',
      edit: (template) => template.replace('workspace.tf', '"unless-stopped"', '"always"'),
      expected: [`next-start: ${CONTAINER}: \`restart\` changed`],
      says: /`"unless-stopped"` → `"always"`/,
    },
    {
      what: 'a local that a value comes from',
      edit: (template) =>
        template
          .replace('workspace.tf', 'name = "coder-network"', 'name = local.network')
          .append('workspace.tf', 'locals {\n  network = "other"\n}\n'),
      older: (template) =>
        template
          .replace('workspace.tf', 'name = "coder-network"', 'name = local.network')
          .append('workspace.tf', 'locals {\n  network = "coder-network"\n}\n'),
      expected: ['replaces: `local.network` changed'],
      says: /`"coder-network"` → `"other"`[^]*Reaches container .* by `networks_advanced`/,
    },
    {
      what: "the agent's environment",
      edit: (template) => template.replace('workspace.tf', AGENT, `${AGENT}  env = { EDITOR = "vi" }\n`),
      older: (template) => template.replace('workspace.tf', AGENT, `${AGENT}  env = { EDITOR = "nano" }\n`),
      expected: ['replaces: agent (`coder_agent.main`): `env` changed'],
      says: /`env.EDITOR`: `"nano"` → `"vi"`[^]*by `entrypoint` and `env`/,
    },
    {
      what: 'what the dashboard shows of the agent',
      edit: (template) =>
        template.replace('workspace.tf', 'display_name = "CPU"', 'display_name = "Processors"'),
      expected: ['replaces: agent (`coder_agent.main`): `metadata` changed'],
      says: /`metadata.cpu.display_name`/,
    },
    {
      what: 'another address',
      edit: (template) =>
        template
          .replace(
            'workspace.tf',
            'resource "docker_container" "workspace"',
            'resource "docker_container" "dev"',
          )
          .replace('workspace.tf', 'docker_container.workspace[0]', 'docker_container.dev[0]'),
      expected: [
        `replaces: ${CONTAINER} is now \`docker_container.dev\`, without a moved block`,
        'next-start: facts in the dashboard (`coder_metadata.workspace`): `resource_id` changed',
      ],
      says: /destroys the old one/,
    },
    {
      what: 'a condition that builds must meet',
      edit: (template) =>
        template.replace(
          'workspace.tf',
          'init          = true\n',
          'init          = true\n  lifecycle {\n    precondition {\n      condition     = true\n      error_message = "no"\n    }\n  }\n',
        ),
      expected: [`breaks: ${CONTAINER}: \`lifecycle\` changed`],
      says: /keeps people from both/,
    },
    {
      what: 'a condition on what a push brings, where a start has the container alone',
      edit: (template) =>
        template.replace('workspace.tf', 'workspace_claim_secret) >= 32', 'workspace_claim_secret) >= 40'),
      expected: [`push: ${CONTAINER}: \`lifecycle\` changed`],
      says: /A start fails while `var\.workspace_claim_secret` does not meet the condition; stop and delete go on\./,
    },
    {
      what: 'a condition on what a workspace stores, where a start has the container alone',
      edit: (template) =>
        template.replace(
          'workspace.tf',
          'length(var.workspace_claim_secret) >= 32',
          'length(data.coder_parameter.git_repo.value) < 9',
        ),
      expected: [`breaks: ${CONTAINER}: \`lifecycle\` changed`],
      says: /This one is looked at by starts alone\./,
    },
    {
      what: 'another message of the same condition',
      edit: (template) =>
        template.replace('workspace.tf', 'must have at least 32 characters', 'is too short'),
      expected: [`cosmetic: ${CONTAINER}: \`lifecycle\` changed`],
      says: /what it makes is the same/,
    },
  ])('$what', async ({ edit, older, expected, says }) => {
    const changes = await changesBy(edit, older);
    expect(titles(changes)).toEqual(expected);
    expect(changes[0]?.details.join('\n')).toMatch(says);
  });
});

describe('what was moved from one place to another', () => {
  test('a condition that the variable’s validation was is no new one', async () => {
    const changes = await changesBy(
      () => undefined,
      (template) =>
        template
          .replace(
            'identity.tf',
            /(variable "workspace_claim_secret" \{\n)/,
            'variable "workspace_claim_secret" {\n  validation {\n    condition     = length(var.workspace_claim_secret) >= 32\n    error_message = "too short"\n  }\n',
          )
          .replace('workspace.tf', /\n {2}lifecycle \{\n {4}precondition \{[^}]*\}\n {2}\}/, ''),
    );
    expect(titles(changes)).toEqual([
      'cosmetic: variable `workspace_claim_secret`: `validation` removed',
      `cosmetic: ${CONTAINER}: \`lifecycle\` changed`,
    ]);
    expect(changes[1]?.details.join('\n')).toContain('The variable asked for the same before');
  });

  test('an image that is counted from now on is the same image: no container is made anew', async () => {
    const changes = await changesBy(
      () => undefined,
      (template) =>
        template
          .replace(
            'workspace.tf',
            /(resource "docker_image" "workspace" \{\n) *count[^\n]*\n/,
            'resource "docker_image" "workspace" {\n',
          )
          .replace('workspace.tf', 'docker_image.workspace[0].image_id', 'docker_image.workspace.image_id')
          .replace('workspace.tf', 'docker_image.workspace[0].name', 'docker_image.workspace.name'),
    );
    expect(titles(changes)).toEqual(['next-start: image (`docker_image.workspace`): `count` changed']);
    expect(changes[0]?.details.join('\n')).toContain('Terraform keeps what it has by another address');
  });

  test('another instance than the first is another thing', async () => {
    const changes = await changesBy((template) =>
      template.replace(
        'workspace.tf',
        'docker_image.workspace[0].image_id',
        'docker_image.workspace[1].image_id',
      ),
    );
    expect(titles(changes)).toEqual([`replaces: ${CONTAINER}: \`image\` changed`]);
  });
});

describe('what starts in it', () => {
  test('a script is shown line by line', async () => {
    const changes = await changesBy((template) =>
      template.replace('scripts/dotfiles.sh', 'set -uo pipefail\n', 'set -uo pipefail\n# new\n'),
    );
    expect(titles(changes)).toEqual(['next-start: `scripts/dotfiles.sh` changed']);
    expect(changes[0]?.details[0]).toMatch(/script `Dotfiles` \(`coder_script.dotfiles`\) by `script`/);
    expect(changes[0]?.diff).toEqual(expect.arrayContaining(['--- a/scripts/dotfiles.sh', '+# new']));
  });

  test('a file that got another name is the same to whoever reads it', async () => {
    const changes = await changesBy((template) =>
      template
        .append('scripts/home.sh', editedTemplate().get('scripts/dotfiles.sh') ?? '')
        .remove('scripts/dotfiles.sh')
        .replace('start-up.tf', 'scripts/dotfiles.sh', 'scripts/home.sh'),
    );
    expect(titles(changes)).toEqual([
      'cosmetic: `scripts/dotfiles.sh` removed',
      'cosmetic: `scripts/home.sh` added',
    ]);
  });

  test('a model reaches everything that is made from it, and is named once', async () => {
    const changes = await changesBy((template) =>
      template.replace('ai.tf', /(claude-opus +)= "claude-opus-4"/, 'claude-opus = "claude-opus-5"'),
    );
    expect(titles(changes)).toEqual(['next-start: `local.ai_models` changed']);
    expect(changes[0]?.details.join('\n')).toMatch(/`claude-opus`: `"claude-opus-4"` → `"claude-opus-5"`/);
    expect(changes[0]?.details.join('\n')).toMatch(/environment variable `ANTHROPIC_MODEL`/);
  });

  test('locals that are only rearranged', async () => {
    const changes = await changesBy((template) =>
      template
        .replace('ai.tf', 'ai_model = lookup(local.ai_models', 'ai_model = lookup(local.models')
        .replace('ai.tf', 'local.ai_models["claude-sonnet"]', 'local.models["claude-sonnet"]')
        .replace('ai.tf', '  ai_models = {', '  models = {'),
    );
    expect(new Set(changes.map(({ severity }) => severity))).toEqual(new Set(['cosmetic']));
  });

  test.each<{ what: string; edit: Edit; expected: string[] }>([
    {
      what: 'a variable under another name',
      edit: (template) => template.replace('ai.tf', '"AI_ASSISTANT"', '"ASSISTANT"'),
      expected: ['next-start: environment variable `ASSISTANT` (`coder_env.ai_assistant`): `name` changed'],
    },
    {
      what: 'another address of an app',
      edit: (template) =>
        template.replace('editor.tf', 'localhost:8080/?folder=${', 'localhost:8081/?folder=${'),
      expected: ['next-start: app `VS Code` (`coder_app.code_server`): `url` changed'],
    },
    {
      what: 'an app that is gone',
      edit: (template) => template.replace('editor.tf', /resource "coder_app"[^]*$/, ''),
      expected: ['next-start: app `VS Code` (`coder_app.code_server`) removed'],
    },
    {
      what: 'a new environment variable',
      edit: (template) =>
        template.append(
          'start-up.tf',
          'resource "coder_env" "tz" {\n  agent_id = coder_agent.main.id\n  name = "TZ"\n  value = "UTC"\n}\n',
        ),
      expected: ['next-start: environment variable `TZ` (`coder_env.tz`) added'],
    },
    {
      what: 'facts in the dashboard',
      edit: (template) => template.replace('workspace.tf', 'key   = "owner"', 'key   = "who"'),
      expected: ['next-start: facts in the dashboard (`coder_metadata.workspace`): `item` changed'],
    },
    {
      what: 'the page of the template',
      edit: (template) => template.append('README.md', 'More.\n'),
      expected: ['cosmetic: `README.md` changed'],
    },
    {
      what: 'comments',
      edit: (template) => template.append('editor.tf', '# more\n'),
      expected: ['cosmetic: `editor.tf` is written in another way'],
    },
  ])('$what', async ({ edit, expected }) => {
    expect(titles(await changesBy(edit))).toEqual(expected);
  });
});

test('the worst comes first', async () => {
  const changes = await changesBy((template) =>
    template
      .append('README.md', 'More.\n')
      .replace('workspace.tf', 'contractor-workspace:1', 'contractor-workspace:2')
      .replace('workspace.tf', 'container_path = "/home/coder"', 'container_path = "/home/dev"')
      .replace('parameters.tf', 'max   = 8', 'max   = 4')
      .replace('parameters.tf', 'default      = "4"', 'default      = "8"')
      .append('scripts/dotfiles.sh', 'true\n')
      .append('identity.tf', 'variable "region" {}\n'),
  );
  expect(changes.map(({ severity }) => severity)).toEqual([
    'breaks',
    'loses-data',
    'push',
    'replaces',
    'next-start',
    'new-only',
    'cosmetic',
  ]);
});

test('code that cannot be read is named with its file', async () => {
  await expect(changesBy((template) => template.append('editor.tf', 'locals {\n'))).rejects.toThrow(
    /the template of new cannot be read:\n- editor\.tf: .*Unclosed configuration block/,
  );
});
