import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TerraformLocal } from 'cdktf';
import { placeIn } from '../../synth/hcl/layout';
import { ARCHIVE_LIMIT, archiveSize } from '../../synth/template-files';
import { newStack, readFolder, synth } from './support/synthesize';

const folderOf = (outdir: string): string => join(outdir, 'stacks', 'tested');

describe('addFile fails when', () => {
  test.each([
    ['', 'must be relative'],
    ['/etc/passwd', 'must be relative'],
    ['C:/x', 'must be relative'],
    ['scripts\\a.sh', 'must be relative'],
    ['a\nb', 'must be relative'],
    ['../a.sh', 'must not leave the template'],
    ['scripts/../../a.sh', 'must not leave the template'],
    ['scripts//a.sh', 'must not leave the template'],
    ['./a.sh', 'must not leave the template'],
    ['.env', 'must not have a part that begins with a dot'],
    ['settings/.vscode/a.json', 'must not have a part that begins with a dot'],
    ['terraform.tfstate', 'must not be state'],
    ['old/terraform.tfstate.backup', 'must not be state'],
    ['terraform.tfvars', 'must not be variable values'],
    ['settings/a.auto.tfvars.json', 'must not be variable values'],
    ['main.tf', 'must not be Terraform code'],
    ['more/x.tf.json', 'must not be Terraform code'],
    ['x_override.tf', 'must not be Terraform code'],
  ])('the path is %j', (path, says) => {
    const stack = newStack();
    expect(() => stack.addFile(path, 'x')).toThrow(says);
    expect(() => stack.addFile(path, 'x')).toThrow(`got "${path}"`);
  });

  test.each([
    ['scripts/a.sh', 'scripts/a.sh'],
    ['README.md', 'readme.md'],
    ['scripts', 'scripts/a.sh'],
    ['scripts/a.sh', 'scripts'],
  ])('%j is there and %j comes', (first, second) => {
    const stack = newStack();
    stack.addFile(first, 'x');
    expect(() => stack.addFile(second, 'y')).toThrow(`two files of one name, "${first}" and "${second}"`);
  });
});

test('a template that is more than Coder takes is refused, with its largest files', () => {
  const stack = newStack((made) => {
    made.addFile('small.txt', 'x');
    made.addFile('large.txt', 'x'.repeat(600_000));
    made.addFile('larger.txt', 'x'.repeat(700_000));
  });
  expect(() => stack.templateFiles()).toThrow(
    /the template has \d+ bytes as an archive, Coder takes 1048575.*larger\.txt \(700000\), large\.txt \(600000\)/,
  );
});

test('the size of an archive counts headers, padding, folders and its end', () => {
  expect(archiveSize(new Map())).toBe(1024);
  expect(archiveSize(new Map([['a', '']]))).toBe(1024 + 512);
  expect(archiveSize(new Map([['a/b/c', 'x'.repeat(513)]]))).toBe(1024 + 3 * 512 + 1024);
  expect(archiveSize(new Map([['a', 'ä'.repeat(256)]]))).toBe(1024 + 512 + 512);
  expect(archiveSize(new Map([['a', 'x'.repeat(ARCHIVE_LIMIT)]]))).toBeGreaterThan(ARCHIVE_LIMIT);
});

describe('placeIn fails when', () => {
  test.each([
    '',
    'Main',
    'main.tf',
    'a_b',
    'x_override',
    'override',
    '.hidden',
    'a/b',
    'a b',
    '1st',
    'a--b',
    'é',
  ])('the file is %j', (file) => {
    const stack = newStack();
    const local = new TerraformLocal(stack, 'x', 1);
    expect(() => placeIn(local, file)).toThrow(/"file" must/);
  });
});

describe('a second synth into the same folder', () => {
  const stack = newStack((made) => {
    made.addFile('scripts/a.sh', 'one\r\ntwo\n');
    new TerraformLocal(made, 'x', 1).overrideLogicalId('x');
  });
  const folder = folderOf(synth(stack));
  const first = readFolder(folder);

  test('removes what an earlier one left and this one does not write', () => {
    mkdirSync(join(folder, 'old', 'deep'), { recursive: true });
    for (const path of ['gone.tf', 'cdk.tf', 'cdk.tf.json', 'metadata.json', 'old/deep/x.sh', '.hidden']) {
      writeFileSync(join(folder, path), 'stale');
    }
    synth(stack);
    expect(readFolder(folder)).toEqual(first);
  });

  test('keeps what terraform and its user put there', () => {
    const kept = {
      '.terraform.lock.hcl': 'locked',
      '.terraform/providers/x': 'plugin',
      'terraform.tfstate': '{}',
      'terraform.tfstate.backup': '{}',
      'terraform.tfvars': 'a = 1',
    };
    mkdirSync(join(folder, '.terraform', 'providers'), { recursive: true });
    for (const [path, text] of Object.entries(kept)) writeFileSync(join(folder, path), text);
    synth(stack);
    expect(readFolder(folder)).toEqual({ ...first, ...kept });
  });

  test('gives every file its mode and its line ends again', () => {
    const script = join(folder, 'scripts', 'a.sh');
    chmodSync(script, 0o700);
    synth(stack);
    expect(statSync(script).mode & 0o777).toBe(0o644);
    expect(readFileSync(script, 'utf8')).toBe('one\ntwo\n');
  });
});
