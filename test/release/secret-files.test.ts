import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Finding } from '../../release/preflight/check';
import { checkSecretFiles, SECRET_FILES } from '../../release/preflight/secret-files';
import { removeFolders, Repository, ROOT, runRelease, templateFolder, temporaryFolder } from './support';

afterAll(removeFolders);

const SECRET = randomBytes(32).toString('hex');
const MARK = '# Secrets: ';

/** What is found in a repository, with places as seen from its top. */
async function look(repository: Repository, variablesFile?: string): Promise<Finding> {
  const finding = await checkSecretFiles([repository.folder], variablesFile);
  expect(JSON.stringify(finding)).not.toContain(SECRET.slice(0, 12));
  const top = `${relative(process.cwd(), realpathSync(repository.folder))}/`;
  return { ...finding, places: finding.places?.map((place) => place.replace(top, '')) };
}

const write = (repository: Repository, path: string, text: string): string => {
  const file = join(repository.folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode: 0o600 });
  return file;
};

const inGitignore = (): string[] => {
  const lines = readFileSync(join(ROOT, '.gitignore'), 'utf8').split('\n');
  const at = lines.findIndex((line) => line.startsWith(MARK));
  return lines.slice(at + 1).filter((line) => line !== '');
};

test('.gitignore ends with the list that preflight goes by', () => {
  expect(inGitignore()).toEqual(SECRET_FILES);
});

test('git ignores what people are told to write, and nothing that is here', () => {
  const repository = new Repository();
  write(repository, '.gitignore', readFileSync(join(ROOT, '.gitignore'), 'utf8'));
  const guide = readFileSync(join(ROOT, 'docs/piece-by-piece.md'), 'utf8');
  const written = [...guide.matchAll(/^ *echo "[^\n]* >>? (\S+)$/gm)].map(([, file]) => file ?? '');
  expect(new Set(written)).toEqual(new Set(['gateway.env', 'variables.yaml']));
  const secrets = ['.env', '.env.local', '.envrc', 'terraform.tfvars', 'tls.key', 'variables-backend.yaml'];
  for (const file of [...written, ...secrets, 'deploy/gateway.env']) write(repository, file, 'x\n');
  write(repository, '.env.example', 'x\n');
  repository.git('add', '--all');
  expect(repository.git('ls-files').trim().split('\n')).toEqual(['.env.example', '.gitignore']);

  const ours = spawnSync('git', ['ls-files', '--cached', '--ignored', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect([ours.status, ours.stdout]).toEqual([0, '']);
});

test('a file with secrets is named when it is staged, and when it is committed', async () => {
  const repository = new Repository();
  write(repository, 'gateway.env', `GATEWAY_MASTER_KEY=sk-${SECRET}\n`);
  write(repository, 'deploy/variables.yaml', `workspace_claim_secret: ${SECRET}\n`);
  expect(await look(repository)).toMatchObject({ state: 'ok', says: 'git has no file with secrets' });

  repository.git('add', 'gateway.env');
  const staged = await look(repository);
  expect(staged).toMatchObject({
    state: 'error',
    says: 'git has a file with secrets: whoever gets the repository gets them',
    places: ['gateway.env has the name of a file with secrets'],
  });
  expect(staged.todo).toContain('git rm --cached <file>');
  expect(staged.todo).toContain('replace the secrets');

  repository.git('add', '--all');
  repository.git('commit', '--quiet', '--message', 'all');
  expect((await look(repository)).places).toEqual([
    'deploy/variables.yaml has the name of a file with secrets',
    'gateway.env has the name of a file with secrets',
  ]);

  repository.git('rm', '--cached', '--quiet', 'gateway.env', 'deploy/variables.yaml');
  expect((await look(repository)).state).toBe('ok');
});

test('so is one with another name: by what it holds, and the file of variables', async () => {
  const repository = new Repository();
  write(
    repository,
    'start.sh',
    `#!/bin/sh\nexport WORKSPACE_CLAIM_SECRET='${SECRET}'\nexport ANTHROPIC_API_KEY=sk-${SECRET}\n`,
  );
  write(
    repository,
    'how-to.md',
    'GATEWAY_MASTER_KEY=sk-$(openssl rand -hex 32)\nGATEWAY_MASTER_KEY=sk-your-own-master-key-here\n',
  );
  const values = write(repository, 'values.yml', 'workspace_claim_secret: short\n');
  expect((await look(repository, values)).state).toBe('ok');
  expect((await look(repository, `${values}.none`)).state).toBe('ok');
  repository.git('add', '--all');
  expect((await look(repository, values)).places).toEqual([
    'start.sh holds a value under the name of a secret',
    'values.yml holds the values of variables',
  ]);
});

test('many are counted, and odd names stay on their line', async () => {
  const repository = new Repository();
  for (let at = 0; at < 30; at += 1) write(repository, `${at}\n.env`, 'x\n');
  repository.git('add', '--all');
  const { places = [] } = await look(repository);
  expect(places).toHaveLength(21);
  expect(places.at(-1)).toBe('and 10 more');
  expect(places.join('')).not.toContain('\n');
});

test('a repository that git does not read is a note', async () => {
  const repository = new Repository();
  write(repository, '.git/config', '[core\n');
  expect(await look(repository)).toMatchObject({
    state: 'note',
    says: expect.stringContaining('bad config') as string,
  });
});

test('the command asks in the folder it is started in, and shows no line that pushes', () => {
  const repository = new Repository();
  write(repository, '.env', `GATEWAY_MASTER_KEY=sk-${SECRET}\n`);
  repository.git('add', '.env');
  const { status, stdout } = runRelease('preflight', [templateFolder()], { cwd: repository.folder });
  expect(status).toBe(1);
  expect(stdout).toMatch(
    /ERROR {2}files in git: [^\n]+\n +\.env has the name of a file with secrets\n +→ git rm --cached/,
  );
  expect(stdout).toContain('1 error: not ready to be pushed');
  expect(stdout).not.toContain(SECRET);
});

test('outside of a repository there is nothing to say', () => {
  const { status, stdout } = runRelease('preflight', [templateFolder()], { cwd: temporaryFolder() });
  expect(status).toBe(0);
  expect(stdout).toContain('files in git: no git repository here');
});
