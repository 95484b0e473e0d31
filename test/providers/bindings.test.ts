import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, TerraformStack, Testing } from 'cdktf';
import * as coder from '../../constructs/workspace/coder';
import * as docker from '../../constructs/common/docker';
import { isCurrent, readBindings, renderBindings, writeBindings } from '../../providers/coder/generate';

const SCHEMA = fs.readFileSync(path.join(__dirname, '../../providers/coder/schema.json'), 'utf8');

describe('bindings of the coder provider', () => {
  it('are the same every time, and the generated files are current', async () => {
    const first = await renderBindings(SCHEMA);
    const second = await renderBindings(SCHEMA);
    expect([...second]).toEqual([...first]);
    expect([...readBindings()]).toEqual([...first]);
    expect(first.size).toBe(19);
  });

  it('hold no path of this machine', async () => {
    const text = [...(await renderBindings(SCHEMA)).values()].join('\n');
    expect(text).not.toContain(os.tmpdir());
    expect(text).not.toContain(process.cwd());
  });

  it('replace what was there and notice what is stale', () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bindings-'));
    try {
      fs.mkdirSync(path.join(dir, 'dropped'));
      fs.writeFileSync(path.join(dir, 'dropped', 'index.ts'), '');
      expect(isCurrent(SCHEMA, dir)).toBe(false);
      writeBindings(new Map([['agent/index.ts', 'export {};\n']]), SCHEMA, dir);
      expect([...readBindings(dir).keys()]).toEqual(['agent/index.ts']);
      expect(isCurrent(SCHEMA, dir)).toBe(true);
      expect(isCurrent(`${SCHEMA}\n`, dir)).toBe(false);
      fs.rmSync(path.join(dir, 'agent'), { recursive: true });
      expect(isCurrent(SCHEMA, dir)).toBe(false);
    } finally {
      fs.rmSync(dir, { recursive: true, force: true });
    }
  });
});

describe('barrels', () => {
  const terraformTypes = (exported: object): string[] =>
    Object.values(exported).map((value: { tfResourceType: string }) => value.tfResourceType);

  it('name every type of the coder schema once', () => {
    expect(Object.keys(coder).sort()).toEqual([
      'CoderAgent',
      'CoderAgentInstance',
      'CoderAiTask',
      'CoderApp',
      'CoderDevcontainer',
      'CoderEnv',
      'CoderExternalAgent',
      'CoderMetadata',
      'CoderProvider',
      'CoderScript',
      'DataCoderExternalAuth',
      'DataCoderParameter',
      'DataCoderProvisioner',
      'DataCoderSecret',
      'DataCoderTask',
      'DataCoderWorkspace',
      'DataCoderWorkspaceOwner',
      'DataCoderWorkspacePreset',
      'DataCoderWorkspaceTags',
    ]);
    expect(new Set(terraformTypes(coder)).size).toBe(19);
  });

  it('name the docker types that templates use', () => {
    expect(terraformTypes(docker).sort()).toEqual([
      'docker',
      'docker_container',
      'docker_image',
      'docker_network',
      'docker_volume',
    ]);
  });

  it('synthesize with the source of the provider', () => {
    const app = Testing.stubVersion(new App({ stackTraces: false }));
    const stack = new TerraformStack(app, 'test');
    new coder.CoderProvider(stack, 'coder');
    new coder.CoderAgent(stack, 'main', {
      os: 'linux',
      arch: 'amd64',
      metadata: [{ key: 'a', script: 'b', interval: 1 }],
    });
    const synthesized = JSON.parse(Testing.synth(stack)) as { terraform: unknown; resource: unknown };
    expect(synthesized.terraform).toEqual({
      required_providers: { coder: { source: 'coder/coder', version: '2.17.0' } },
    });
    expect(synthesized.resource).toEqual({
      coder_agent: {
        main: { os: 'linux', arch: 'amd64', metadata: [{ key: 'a', script: 'b', interval: 1 }] },
      },
    });
  });
});
