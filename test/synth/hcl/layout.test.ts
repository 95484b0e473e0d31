import { TerraformLocal, TerraformOutput, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { CoderAgent, CoderProvider, DataCoderParameter } from '../../../constructs/workspace/coder';
import { placeIn } from '../../../synth/hcl/layout';
import type { TemplateStack } from '../../../synth/template-stack';
import { newStack } from '../support/synthesize';

/** Text by file of a stack, the titles left out. */
function filesOf(declare: (stack: TemplateStack) => void): Record<string, string> {
  return Object.fromEntries(newStack(declare).hclFiles());
}

test('kinds of blocks have files of their own when nobody says otherwise', () => {
  const files = filesOf((stack) => {
    new CoderProvider(stack, 'coder');
    new TerraformVariable(stack, 'v', { type: 'string' });
    new DataCoderParameter(stack, 'p', { name: 'p' });
    new CoderAgent(stack, 'a', { os: 'linux', arch: 'amd64' });
    new TerraformLocal(stack, 'l', 1);
    new TerraformOutput(stack, 'o', { value: 'x' });
  });
  const kinds = Object.entries(files).map(([file, text]) => [file, text.match(/^[a-z]+(?= .*\{)/gm)]);
  expect(kinds).toEqual([
    ['versions.tf', ['terraform']],
    ['providers.tf', ['provider']],
    ['variables.tf', ['variable']],
    ['parameters.tf', ['data']],
    ['main.tf', ['resource', 'locals']],
    ['outputs.tf', ['output']],
  ]);
});

test('the nearest placement counts, and groups are announced once', () => {
  const files = filesOf((stack) => {
    const group = new Construct(stack, 'Group');
    placeIn(group, 'things', { comment: 'Things of all kinds' });
    new TerraformLocal(group, 'one', 1).overrideLogicalId('one');
    const elsewhere = new TerraformLocal(group, 'elsewhere', 2);
    elsewhere.overrideLogicalId('elsewhere');
    placeIn(elsewhere, 'other-things');
    const inner = new Construct(group, 'Inner');
    placeIn(inner, 'things', { comment: 'Inner things\nof two lines' });
    new TerraformLocal(inner, 'two', 2).overrideLogicalId('two');
    const three = new TerraformLocal(inner, 'three', 3);
    three.overrideLogicalId('three');
    placeIn(three, 'things', { comment: 'why three' });
    new TerraformLocal(group, 'four', 4).overrideLogicalId('four');
  });
  expect(files).toEqual({
    'other-things.tf': 'locals {\n  elsewhere = 2\n}\n',
    'things.tf': `# Things of all kinds

locals {
  one = 1
}

# Inner things
# of two lines

locals {
  two = 2

  # why three
  three = 3

  four = 4
}
`,
  });
});

test('locals that follow each other share a block, others do not', () => {
  const files = filesOf((stack) => {
    new TerraformLocal(stack, 'a', 1);
    new TerraformLocal(stack, 'bcd', { x: 1, y: 2, z: 3 });
    new TerraformLocal(stack, 'e', 3);
    stack.addOverride('resource.terraform_data.d.input', 1);
    const agent = new CoderAgent(stack, 'agent', { os: 'linux', arch: 'amd64' });
    placeIn(agent, 'main', { comment: 'The agent.' });
    new TerraformLocal(stack, 'f', 4);
  });
  expect(files['main.tf']).toBe(`resource "terraform_data" "d" {
  input = 1
}

locals {
  a = 1

  bcd = {
    x = 1
    y = 2
    z = 3
  }

  e = 3
}

# The agent.
resource "coder_agent" "agent" {
  arch = "amd64"
  os   = "linux"
}

locals {
  f = 4
}
`);
});

test('long comments are wrapped', () => {
  const files = filesOf((stack) => {
    placeIn(new TerraformLocal(stack, 'a', 1), 'main', { comment: 'word '.repeat(40) });
  });
  const lines = (files['main.tf'] ?? '').split('\n').filter((line) => line.includes('#'));
  expect(lines.length).toBe(3);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(102);
});

test('blocks keep the order of the tree, whatever their kind', () => {
  const files = filesOf((stack) => {
    new CoderAgent(stack, 'z', { os: 'linux', arch: 'amd64' });
    placeIn(new DataCoderParameter(stack, 'm', { name: 'm' }), 'main');
    new CoderAgent(stack, 'a', { os: 'linux', arch: 'amd64' });
  });
  expect(files['main.tf']?.match(/"[a-z]"(?= \{)/g)).toEqual(['"z"', '"m"', '"a"']);
});

test.each(['Main', 'main.tf', '.hidden', 'a/b', 'my_override', '', 'a--b'])(
  'fails for the file name %j',
  (file) => {
    expect(() => filesOf((stack) => placeIn(stack, file))).toThrow(
      `"file" must be lower-case words joined by hyphens, without ".tf", got ${JSON.stringify(file)}`,
    );
  },
);

test('fails for the file name "override"', () => {
  expect(() => filesOf((stack) => placeIn(stack, 'override'))).toThrow('"file" must not be "override"');
});
