/** Names are for ever: what is pinned here lives in the state and the database of every workspace. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeSynthesized, synthesizeByProgram } from './programs';

type Blocks = Record<string, Record<string, Record<string, unknown>>>;

const { all, files } = synthesizeByProgram('contractor-workspace');
removeSynthesized();
const form = files.get('parameters.tf') ?? '';
const tree = JSON.parse(all.get('cdktf/contractor-workspace.tf.json') ?? '{}') as {
  resource: Blocks;
};

/**
 * @param consequence what a missing one does to workspaces that run
 * @throws with what is gone, what is new, and what that means
 */
function expectPinned(found: readonly string[], consequence: string): void {
  const file = join(
    __dirname,
    'pinned',
    `${(expect.getState().currentTestName ?? '').replace(' ', '-')}.txt`,
  );
  const pinned = readFileSync(file, 'utf8').trim().split('\n');
  const gone = pinned.filter((one) => !found.includes(one));
  const fresh = found.filter((one) => !pinned.includes(one));
  if (gone.length + fresh.length === 0) return;
  throw new Error(
    [
      ...gone.map((one) => `gone: ${one}`),
      ...fresh.map((one) => `new: ${one}`),
      ...(gone.length > 0 ? [consequence] : []),
      `If that is what you want, change ${file.slice(file.indexOf('test/'))} in the same commit and say so in its message.`,
    ].join('\n'),
  );
}

test('resources', () => {
  const names = Object.entries(tree.resource).flatMap(([type, byName]) =>
    Object.keys(byName).map((name) => `${type}.${name}`),
  );
  expectPinned(
    names,
    'A resource under another name is another resource: at its next start a workspace loses the old one and gets the new one. For docker_volume.home that is the loss of the home. Add a `moved` block to keep it.',
  );
});

const parameters = form
  .split(/^data "coder_parameter" /m)
  .slice(1)
  .map((block) => {
    const own = block.split(/^ {2}(?:option|validation) \{/m)[0] ?? '';
    const attribute = (name: string): string =>
      new RegExp(`^ {2}${name} +=\\s(.*)$`, 'm').exec(own)?.[1] ?? 'absent';
    return {
      name: /^"(\w+)"/.exec(block)?.[1] ?? '',
      facts: ['type', 'default', 'mutable'].map((one) => `${one} ${attribute(one)}`).join(', '),
      values: [...block.matchAll(/^ {4}value +=\s"(.*)"$/gm)].map(([, value]) => value ?? ''),
    };
  });

test('parameters', () => {
  expectPinned(
    parameters.map(({ name, facts }) => `${name}: ${facts}`),
    'A parameter under another name asks everybody anew and forgets what they chose; another type breaks stored values; one that cannot be changed any more keeps what it has.',
  );
});

test('option values', () => {
  expectPinned(
    parameters.flatMap(({ name, values }) => values.map((value) => `${name} = ${value}`)),
    'A stored value that is no option any more keeps its workspace from starting until another is chosen, and on older servers from stop and delete. Keep the value and change its label.',
  );
});

test('apps', () => {
  const slugs = Object.values(tree.resource['coder_app'] ?? {}).map(({ slug }) => String(slug));
  expectPinned(slugs, 'The slug is part of the address: bookmarks and links of running workspaces break.');
});

test('presets', () => {
  const names = [...form.matchAll(/^data "coder_workspace_preset" [^\n]*\n {2}name +=\s"(.*)"$/gm)];
  expectPinned(
    names.map(([, name]) => name ?? ''),
    'Prebuilt workspaces hang on a preset by its name: they are thrown away and built again.',
  );
});
