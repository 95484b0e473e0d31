import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { renderProps } from '../../documentation/reference/prop-documents';
import { FOLDER, referencePages } from '../../documentation/reference/pages';
import { newProgram } from '../../cli/program';
import { commandsOf } from '../../documentation/reference/commands-document';
import { readProps, type PropType } from '../../documentation/reference/read-props';
import { ENDPOINTS } from '../../gateway/admin/catalogue';
import { VARIABLES } from '../../gateway/config/variables';
import { DATA_ROUTES } from '../../gateway/routes';
import { catalog } from '../../src/catalog';
import { pathOf } from '../../terminal/command';

const FILES = join(resolve(__dirname, '../..'), FOLDER);

let pages: ReadonlyMap<string, string>;
let shown: readonly PropType[];
beforeAll(() => {
  pages = referencePages();
  shown = renderProps(readProps()).shown;
});
const pageOf = (file: string): string => pages.get(file) ?? '';

test('the committed reference is that of the sources; "npm run reference" makes it anew', () => {
  const committed = readdirSync(FILES).sort();
  expect(committed).toEqual([...pages.keys()].sort());
  for (const file of committed) expect(readFileSync(join(FILES, file), 'utf8')).toBe(pages.get(file));
});

test('props of every construct are in it, each with an example', () => {
  const props = shown.filter(({ name, kind }) => name.endsWith('Props') && kind === 'members');
  expect(props.length).toBeGreaterThan(40);
  // It is another's, made optional.
  const without = props.filter(({ examples }) => examples.length === 0).map(({ name }) => name);
  expect(without).toEqual(['ContractorWorkspaceStackProps']);
});

test('a default is said of all that may be left out, or what is shipped holds', () => {
  const silent = shown.flatMap(({ name, members }) =>
    members.filter((one) => one.isOptional && one.standard === '').map((one) => `${name}.${one.name}`),
  );
  expect(silent).toEqual(['ContractorWorkspaceStackProps.catalog', 'ContractorWorkspaceStackProps.policy']);
});

test('every command, variable, endpoint, model and deployment is in it', () => {
  for (const command of commandsOf(newProgram()))
    expect(pageOf('commands.md')).toContain(`\n## ${pathOf(command)}\n`);
  for (const { name } of Object.values(VARIABLES)) expect(pageOf('variables.md')).toContain(`\`${name}\``);
  for (const path of [...ENDPOINTS, ...DATA_ROUTES].flatMap(({ paths }) => paths))
    expect(pageOf('endpoints.md')).toContain(path);
  for (const { name, deployments } of catalog.models)
    for (const { id } of deployments)
      expect(pageOf('catalog.md')).toMatch(new RegExp(`\`${name}\`.*\`${id}\``));
});

test('what has a default or several words is shown with them', () => {
  expect(pageOf('template-props.md')).toContain(
    '| `cpu` | `{ readonly max: number; readonly default: number }` | `{ max: 8, default: 2 }` |',
  );
  expect(pageOf('policy.md')).toContain('`"unrestricted" | "standard" | "design-first"`');
  expect(pageOf('parameters.md')).toContain('| AI Model | `ai_model` | string | `claude-sonnet` |');
  expect(pageOf('variables.md')).toContain('| `DATABASE_URL`; or `DATABASE_URL_FILE`;');
});
