import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Change } from '../../release/diff/change';
import { editedDocument, modelNamed, type DocumentEdit } from './policy-support';
import {
  editedTemplate,
  removeFolders,
  Repository,
  runRelease,
  temporaryFolder,
  writeTemplate,
  type Run,
} from './support';

afterAll(removeFolders);

const repository = new Repository();
const both = (document: string) => ({ 'contractor-workspace': document, minimal: document });
const templates = (files = editedTemplate()) => ({
  'contractor-workspace': files,
  minimal: editedTemplate(),
});

const edit: DocumentEdit = (document) => {
  document.scopes.workspace!.max_budget = 15;
  document.floors.everyone = 'standard';
  document.retention_days = 7;
  document.priced_on = '2026-12-01';
  modelNamed(document, 'claude-opus-4').aliases = [];
};
repository.commit('old', templates(), both(editedDocument()));
repository.git('tag', 'old');
repository.commit('policy', templates(), both(editedDocument(edit)));
repository.git('tag', 'policy');
const edited = editedTemplate((template) => template.append('scripts/dotfiles.sh', 'true\n'));
repository.commit('all', templates(edited), both(editedDocument(edit)));
repository.git('tag', 'all');

const diff = (...args: readonly string[]): Run => runRelease('diff', args, { cwd: repository.folder });

test('text: when it holds, under the headings of all changes, once for templates that share a policy', () => {
  const { status, stdout, stderr } = diff('old', '--to', 'policy');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout)
    .toBe(`contractor-workspace, old → policy: 5 changes. Policy and prices hold within seconds of being published to the gateway, for running workspaces too.

BREAKS RUNNING WORKSPACES
- alias \`claude-opus\` of \`claude-opus-4\` removed, stricter
    Concerns people who use \`claude-opus\`.
    EVERY CALL THAT NAMES IT IS REFUSED, those of running workspaces included.
    Holds within seconds of being published to the gateway, for running workspaces too.
    To do: keep \`claude-opus\` among the aliases or retired names of a model.

LOSES DATA
- single calls are kept 30 days → 7 days (−76.7 %), stricter
    Concerns whoever reads reports of single calls.
    Single calls older than 7 days become daily sums, and no later change brings them back. Sums stay the same.
    Holds within seconds of being published to the gateway, for running workspaces too.

LANDS WITHIN SECONDS: STRICTER, DEARER, OR SIMPLY DIFFERENT
- floor for everyone \`unrestricted\` → \`standard\`, stricter
    Concerns everyone.
    A stricter floor of a template, group or person still holds.

LANDS WITHIN SECONDS: LOOSER OR CHEAPER
- scope \`workspace\`: budget $10 a day → $15 a day (+50 %), looser
    Concerns every workspace key.

COSMETIC
- day the prices were taken \`2026-11-20\` → \`2026-12-01\`

minimal, old → policy: no change of the template
Policy and prices: the same 5 changes as for \`contractor-workspace\`.
`);
});

test('a template that changed as well lands at another time', () => {
  expect(diff('old', '--to', 'all', '--template', 'contractor-workspace').stdout).toMatch(
    /^contractor-workspace, old → all: 6 changes\. No workspace notices what is in the template before its next start on the new version; policy and prices hold within seconds of being published to the gateway, for running workspaces too\.\n/,
  );
});

test('Markdown', () => {
  const { stdout } = diff('old', '--to', 'policy', '--markdown');
  expect(stdout).toContain(
    '### Lands within seconds: looser or cheaper\n\n- **scope `workspace`: budget $10',
  );
  expect(stdout).toContain('  - Concerns every workspace key.\n');
  expect(stdout).toMatch(
    /## Template `minimal`: `old` → `policy`\n\nNo change of the template\.\n\nPolicy and prices: the same 5 changes as for `contractor-workspace`\.\n$/,
  );
});

test('JSON: every change of every template, the worst first, with its path, whom it concerns, and the direction', () => {
  const report = JSON.parse(diff('old', '--to', 'policy', '--json').stdout) as {
    worst: string;
    templates: { template: string; changes: Change[] }[];
  };
  expect(report.worst).toBe('breaks');
  expect(report.templates.map(({ template, changes }) => [template, changes.length])).toEqual([
    ['contractor-workspace', 5],
    ['minimal', 5],
  ]);
  const changes = report.templates[0]?.changes ?? [];
  expect(changes.map(({ severity }) => severity)).toEqual([
    'breaks',
    'loses-data',
    'at-once',
    'looser',
    'cosmetic',
  ]);
  expect(changes[3]).toEqual({
    severity: 'looser',
    title: 'scope `workspace`: budget $10 a day → $15 a day (+50 %), looser',
    details: ['Concerns every workspace key.'],
    policy: {
      path: 'scopes.workspace.max_budget',
      concerns: 'every workspace key',
      direction: 'looser',
    },
  });
});

test('--fail-on counts them', () => {
  expect(diff('old', '--to', 'policy', '--fail-on', 'breaks').status).toBe(1);
  expect(diff('policy', '--to', 'all', '--fail-on', 'at-once').status).toBe(0);
});

test('a document that cannot be read is a failure that names it', () => {
  repository.commit('broken', templates(), both('{"models":'));
  const { status, stdout, stderr } = diff('old', '--to', 'HEAD');
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^the gateway document of HEAD cannot be read: it is no JSON/);
});

describe('two folders', () => {
  const written = (document: string | undefined): string => {
    const out = temporaryFolder();
    const folder = join(out, 'stacks', 'contractor-workspace');
    writeTemplate(folder, editedTemplate());
    if (document !== undefined) {
      mkdirSync(join(out, 'gateway'));
      writeFileSync(join(out, 'gateway', 'config.json'), document);
    }
    return folder;
  };

  test('are compared with the documents that were written together with them', () => {
    const [from, to] = [written(editedDocument()), written(editedDocument(edit))];
    const { stdout } = runRelease('diff', ['--from-dir', from, '--to-dir', to]);
    expect(stdout).toContain('budget $10 a day → $15 a day (+50 %), looser');
    const here = runRelease('diff', ['--from-dir', from, '--to-dir', 'contractor-workspace'], {
      cwd: dirname(to),
    });
    expect(here.stdout).toContain('5 changes');
    expect(runRelease('diff', ['--from-dir', to, '--to-dir', to]).stdout).toMatch(/: no change\n$/);
  });

  test('without one of them policy and prices are not compared, which is said', () => {
    const [from, to] = [written(undefined), written(editedDocument())];
    expect(runRelease('diff', ['--from-dir', from, '--to-dir', to]).stdout).toContain(
      'The version before has no gateway document beside it (../../gateway/config.json)',
    );
  });
});
