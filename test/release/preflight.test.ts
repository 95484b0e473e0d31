import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Finding, Subject } from '../../release/preflight/check';
import { preflight } from '../../release/preflight/preflight';
import { FORM_RULES } from '../../synth/form-rules';
import { removeFolders, SNAPSHOT, templateFolder, TEMPLATES, temporaryFolder, type Edit } from './support';

afterAll(removeFolders);

const check = async (folder: string, more: Partial<Subject> = {}): Promise<readonly Finding[]> =>
  (await preflight({ folder, name: 'contractor-workspace', makesLock: false, ...more })).findings;

/** What is wrong, as `check: message`. */
const errors = (findings: readonly Finding[]): string[] =>
  findings.filter(({ state }) => state === 'error').map(({ check: name, says }) => `${name}: ${says}`);

const put = (folder: string, path: string, content: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
};

const SECRET = 'x'.repeat(40);

const variablesFile = (text: string, mode = 0o600): string => {
  const file = join(temporaryFolder(), 'variables.yaml');
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
};

test.each(TEMPLATES)('the committed template %s is ready', async (name) => {
  const findings = await check(join(SNAPSHOT, '..', name), { name });
  expect(errors(findings)).toEqual([]);
  expect(findings.find((finding) => finding.check === 'form')?.says).toContain(`${FORM_RULES.length} rules`);
});

describe('what Coder would lose', () => {
  test.each([
    ['build/.dockerignore', 'begins with a dot'],
    ['.env', 'begins with a dot'],
    ['.vscode/settings.json', 'begins with a dot'],
    ['modules/x/terraform.tfvars', 'file of values in a subfolder'],
    ['main_override.tf', 'overrides blocks'],
    ['extra.tf.json', 'JSON syntax'],
  ])('%s', async (path, reason) => {
    const folder = templateFolder();
    put(folder, path, '{}\n'.slice(path.endsWith('.tf') ? 3 : 0));
    expect(errors(await check(folder))).toEqual([expect.stringMatching(`^paths: ${path} .*${reason}`)]);
  });

  test.each(['.terraform/providers/x', '.gitignore', 'terraform.tfstate', 'terraform.tfvars'])(
    '%s is meant to stay here',
    async (path) => {
      const folder = templateFolder();
      put(folder, path, 'x\n');
      if (path === 'terraform.tfvars') put(folder, path, 'workspace_claim_secret = "x"\n');
      expect(errors(await check(folder))).toEqual([]);
    },
  );

  test('a symbolic link', async () => {
    const folder = templateFolder();
    symlinkSync('dotfiles.sh', join(folder, 'scripts', 'home.sh'));
    expect(errors(await check(folder))).toEqual([
      'paths: scripts/home.sh is a symbolic link, which the server does not restore',
    ]);
  });

  test('more than it takes, with the largest files', async () => {
    const folder = templateFolder();
    put(folder, 'extension.vsix', 'x'.repeat(1024 * 1024));
    const findings = await check(folder);
    expect(errors(findings)).toEqual([
      expect.stringMatching(/^archive: \d+ bytes as an archive, Coder takes 1048575$/),
    ]);
    expect(findings.find(({ state }) => state === 'error')?.places?.[0]).toBe(
      'extension.vsix: 1048576 bytes',
    );
  });

  test('a file that is cut', async () => {
    const folder = templateFolder();
    put(folder, 'large.bin', 'x'.repeat(10 * 1024 * 1024 + 1));
    expect(errors(await check(folder))).toEqual([
      expect.stringMatching(/^archive: /),
      expect.stringMatching(/^paths: large.bin has 10485761 bytes, and Coder cuts/),
    ]);
  });
});

describe('code', () => {
  test.each<[string, Edit, RegExp]>([
    [
      'that is no HCL',
      (template) => template.append('editor.tf', 'locals {\n'),
      /^code: editor\.tf: .*Unclosed/,
    ],
    [
      'of a kind nobody knows',
      (template) => template.append('editor.tf', 'resourc "a" "b" {}\n'),
      /^code: editor\.tf: "resourc" is no block/,
    ],
    [
      'that is there twice',
      (template) => template.append('editor.tf', 'variable "workspace_claim_secret" {}\n'),
      /^code: (editor|identity)\.tf: var\.workspace_claim_secret is declared twice, in (editor|identity)\.tf too/,
    ],
    [
      'with a backend',
      (template) => template.append('versions.tf', 'terraform {\n  backend "local" {}\n}\n'),
      /^backend: terraform\.backend must not be there/,
    ],
    [
      'with a default out of range',
      (template) => template.replace('parameters.tf', 'default      = "2"', 'default      = "99"'),
      /^form: parameters\.tf data\.coder_parameter\.cpu: default must be 8 or less, got "99".*\[validation\/default-in-range\]/,
    ],
    [
      'with a number for a default',
      (template) => template.replace('parameters.tf', 'default      = "2"', 'default      = 2'),
      /^form: parameters\.tf data\.coder_parameter\.cpu: default must/,
    ],
    [
      'with two options of one value',
      (template) => template.replace('parameters.tf', 'value       = "zoo-code"', 'value       = "roo-code"'),
      /^form: parameters\.tf data\.coder_parameter\.ai_assistant: .*option/,
    ],
    [
      'that reads a file nobody ships',
      (template) => template.remove('scripts/dotfiles.sh'),
      /^form: start-up\.tf coder_script\.dotfiles: the template must ship "scripts\/dotfiles\.sh"/,
    ],
    [
      'with text for a shell',
      (template) => template.replace('workspace.tf', '"coder stat cpu"', '"echo ${HOME}"'),
      /^form: workspace\.tf coder_agent\.main: metadata\[0\]\.script has "\$\{HOME\}"/,
    ],
    [
      'that names a path of a person',
      (template) => template.append('scripts/dotfiles.sh', 'cd /Users/ada/work\n'),
      /^machine paths: /,
    ],
    [
      'with a secret',
      (template) => template.append('scripts/dotfiles.sh', `export TOKEN=${'a1b2c3d4'.repeat(6)}\n`),
      /^secrets: something looks like a secret/,
    ],
  ])('%s', async (_, edit, reason) => {
    const found = errors(await check(templateFolder(edit)));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(reason);
  });

  test('in no file at the top', async () => {
    const folder = temporaryFolder();
    put(folder, 'templates/main.tf', 'locals {}\n');
    expect(errors(await check(folder))).toEqual([
      'code: there is no Terraform code at the top of the folder',
    ]);
  });
});

describe('scripts', () => {
  test('that bash cannot read', async () => {
    const found = errors(
      await check(templateFolder((template) => template.append('scripts/dotfiles.sh', 'if true; then\n'))),
    );
    expect(found).toEqual([
      expect.stringMatching(/^scripts: scripts\/dotfiles\.sh: bash cannot read it: line \d+: syntax error/),
    ]);
  });

  test('that Terraform fills in and that hold a variable of the shell', async () => {
    const found = errors(
      await check(
        templateFolder((template) => template.append('settings/instructions.md', 'echo ${HOME}\n')),
      ),
    );
    expect(found).toEqual([
      expect.stringMatching(/^form: ai\.tf .*settings\/instructions\.md.*"\$\{HOME\}"/),
    ]);
  });

  test('that Terraform fills in, with an escaped one', async () => {
    const findings = await check(
      templateFolder((template) => template.append('settings/instructions.md', 'echo $${HOME}\n')),
    );
    expect(errors(findings)).toEqual([]);
  });
});

describe('variables', () => {
  test('without a file, the first push is told what it needs', async () => {
    const note = (await check(SNAPSHOT)).find((finding) => finding.check === 'variables');
    expect(note).toMatchObject({
      state: 'note',
      says: expect.stringContaining('workspace_claim_secret') as string,
    });
  });

  test('all there', async () => {
    const findings = await check(SNAPSHOT, {
      variablesFile: variablesFile(`workspace_claim_secret: ${SECRET}\n`),
    });
    expect(errors(findings)).toEqual([]);
    expect(JSON.stringify(findings)).not.toContain(SECRET);
  });

  test('from terraform.tfvars, which coder reads by itself', async () => {
    const folder = templateFolder();
    put(folder, 'terraform.tfvars', `workspace_claim_secret = "${SECRET}"\n`);
    expect((await check(folder)).find((finding) => finding.check === 'variables')?.state).toBe('ok');
  });

  test.each([
    [
      'missing',
      'other: a\n',
      [/no value for workspace_claim_secret/, /a value for other, which the template does not declare/],
    ],
    ['empty', 'workspace_claim_secret: ""\n', [/no value for workspace_claim_secret/]],
    ['null', 'workspace_claim_secret:\n', [/no value for workspace_claim_secret/]],
    ['a map', 'workspace_claim_secret:\n  a: b\n', [/has a map for workspace_claim_secret/]],
  ])('%s', async (_, text, reasons) => {
    const found = errors(await check(SNAPSHOT, { variablesFile: variablesFile(text) }));
    expect(found).toEqual(reasons.map((reason) => expect.stringMatching(reason) as string));
  });

  test('a file that is no YAML is named without a line of it', async () => {
    const file = variablesFile(`a: b\nworkspace_claim_secret: "${SECRET}\n`);
    const failure = check(SNAPSHOT, { variablesFile: file });
    await expect(failure).rejects.toThrow(/variables\.yaml, line \d+ is no YAML/);
    await expect(failure).rejects.not.toThrow(SECRET);
  });

  test('a file that others may read, and one that would be pushed', async () => {
    const open = await check(SNAPSHOT, {
      variablesFile: variablesFile(`workspace_claim_secret: ${SECRET}\n`, 0o644),
    });
    expect(open).toContainEqual(
      expect.objectContaining({ state: 'note', says: expect.stringMatching(/may read/) as string }),
    );
    const folder = templateFolder();
    put(folder, 'variables.yaml', 'workspace_claim_secret: a\n');
    const found = errors(await check(folder, { variablesFile: join(folder, 'variables.yaml') }));
    expect(found).toEqual([expect.stringMatching(/lies in the folder that is pushed/)]);
  });
});

test.each(['', 'a_b', '-a', 'a--b', 'a'.repeat(32)])('the name %j is refused', async (name) => {
  expect(errors(await check(SNAPSHOT, { name }))).toEqual([expect.stringMatching(/^name: /)]);
});

describe('terms for groups', () => {
  const noteOf = (findings: readonly Finding[]) => findings.find((finding) => finding.check === 'groups');

  test('need a licence of Coder, which is said with what works without it', async () => {
    const note = noteOf(await check(join(SNAPSHOT, '..', 'contractor'), { name: 'contractor' }));
    expect(note).toMatchObject({ state: 'note', places: ['contractors-new'] });
    expect(note?.says).toContain('Premium licence');
    expect(note?.todo).toContain('people, templates or everyone');
  });

  test('are found where only a budget names one', async () => {
    const folder = templateFolder((template) =>
      template.append('identity.tf', 'locals {\n  ai_team_groups = ["backend"]\n}\n'),
    );
    expect(noteOf(await check(folder))?.places).toEqual(['backend']);
  });

  test('are not spoken of where there are none', async () => {
    expect(noteOf(await check(SNAPSHOT))).toBeUndefined();
  });
});
