import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Annotations, App, Aspects, TerraformLocal } from 'cdktf';
import { addCustomSynthesis } from 'cdktf/lib/synthesize/synthesizer';
import { CoderProvider, DataCoderParameter } from '../../constructs/workspace/coder';
import { TemplateStack } from '../../synth/template-stack';
import { newStack, readFolder, synth, temporaryFolder } from './support/synthesize';

function small(stack: TemplateStack): void {
  new CoderProvider(stack, 'coder');
  new TerraformLocal(stack, 'one', 1);
  stack.addFile('scripts/start.sh', '#!/bin/sh\r\necho ${HOME}\n');
}

const folderOf = (outdir: string): string => join(outdir, 'stacks', 'tested');

test('the folder holds HCL and the added files, nothing else', () => {
  const outdir = synth(newStack(small));
  expect(Object.keys(readFolder(folderOf(outdir)))).toEqual([
    'main.tf',
    'providers.tf',
    'scripts/start.sh',
    'versions.tf',
  ]);
  expect(readFolder(folderOf(outdir))['scripts/start.sh']).toBe('#!/bin/sh\necho ${HOME}\n');
});

test('what an earlier synth left is gone, what Terraform and its user left is not', () => {
  const stack = newStack(small);
  const folder = folderOf(App.of(stack).outdir);
  const kept = [
    '.terraform.lock.hcl',
    '.terraform/modules/modules.json',
    'terraform.tfstate',
    'terraform.tfstate.backup',
    'terraform.tfvars',
    'mine.auto.tfvars.json',
  ];
  const gone = ['cdk.tf.json', 'metadata.json', 'old.tf', 'scripts/old.sh', '.hidden', 'assets/a/b'];
  for (const path of [...kept, ...gone]) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), 'x');
  }
  synth(stack);
  expect([...kept, ...gone].filter((path) => existsSync(join(folder, path)))).toEqual(kept);
});

test('every file has mode 0644, whatever the umask', () => {
  const before = process.umask(0o077);
  try {
    const outdir = synth(newStack(small));
    const modes = Object.keys(readFolder(folderOf(outdir))).map(
      (path) => statSync(join(folderOf(outdir), path)).mode & 0o777,
    );
    expect(new Set(modes)).toEqual(new Set([0o644]));
  } finally {
    process.umask(before);
  }
});

test('two synths in two folders are the same to the byte, the manifest too', () => {
  const declare = (stack: TemplateStack): void => {
    small(stack);
    Annotations.of(stack).addWarning('look out');
  };
  const [one, other] = [synth(newStack(declare)), synth(newStack(declare))];
  expect(readFolder(one)).toEqual(readFolder(other));
  expect(Object.keys(readFolder(one))).toContain('cdktf/tested.tf.json');
});

test('there is no backend', () => {
  const outdir = synth(newStack(small));
  expect(Object.values(readFolder(outdir)).filter((text) => /backend "|"backend":\s*\{/.test(text))).toEqual(
    [],
  );
});

test('annotations reach the manifest without stack traces', () => {
  const outdir = temporaryFolder();
  const app = new App({ outdir });
  const stack = new TemplateStack(app, 'tested');
  Annotations.of(new CoderProvider(stack, 'coder')).addWarning('look out');
  app.synth();
  const manifest = JSON.parse(readFileSync(join(outdir, 'manifest.json'), 'utf8')) as {
    stacks: Record<string, { annotations: unknown }>;
  };
  expect(manifest.stacks['tested']?.annotations).toEqual([
    { constructPath: 'tested/coder', level: '@cdktf/warn', message: 'look out' },
  ]);
});

test('aspects are invoked, and custom synthesis after the folder was cleared', () => {
  const stack = newStack(small);
  Aspects.of(stack).add({
    visit: (node) => {
      if (node instanceof TerraformLocal) node.expression = 2;
    },
  });
  addCustomSynthesis(stack, {
    onSynthesize: (session) => writeFileSync(join(session.outdir, 'stacks', 'tested', 'asset'), 'x'),
  });
  const files = readFolder(folderOf(synth(stack)));
  expect(files['main.tf']).toContain('one = 2');
  expect(files['asset']).toBe('x');
});

test('fails for an error annotation, naming the construct', () => {
  const stack = newStack((scope) => Annotations.of(new CoderProvider(scope, 'coder')).addError('no'));
  expect(() => synth(stack)).toThrow('Encountered Annotations with level ERROR:\n[tested/coder] no');
});

test('keeps what an earlier synth wrote when a block cannot be written', () => {
  const stack = newStack(small);
  const before = readFolder(folderOf(synth(stack)));
  stack.addOverride('locals.broken', '${');
  expect(() => synth(stack)).toThrow();
  expect(readFolder(folderOf(App.of(stack).outdir))).toEqual(before);
});

test('fails before anything is written when a validation speaks', () => {
  const stack = newStack((scope) => {
    small(scope);
    scope.node.addValidation({ validate: () => ['first fault', 'second fault'] });
  });
  expect(() => synth(stack)).toThrow(/\[tested\] first fault\s+\[tested\] second fault/);
  expect(existsSync(folderOf(App.of(stack).outdir))).toBe(false);
});

test('fails when a provider is missing', () => {
  const stack = newStack((scope) => void new DataCoderParameter(scope, 'p', { name: 'p', default: 'x' }));
  expect(() => synth(stack)).toThrow('Found resources without a matching provider construct');
});

test('a stack of forty elements is written in far less than 150 ms', () => {
  const stack = newStack((scope) => {
    new CoderProvider(scope, 'coder');
    for (let i = 0; i < 40; i += 1) {
      new DataCoderParameter(scope, `p${i}`, {
        name: `p${i}`,
        default: 'a',
        option: ['a', 'b', 'c'].map((value) => ({ name: `Option ${value}`, value })),
      });
    }
  });
  // Of this process alone: the machine may be busy with other things.
  const timed = (): number => {
    const start = process.cpuUsage();
    stack.hclFiles();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000;
  };
  expect(Math.min(...Array.from({ length: 5 }, timed))).toBeLessThan(150);
});
