import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { REQUIRED_PROVIDERS } from './broken-blocks';
import {
  describeDiagnostics,
  errorTexts,
  expectOk,
  plannedActions,
  plannedValuesOf,
  Terraform,
  valuesOf,
  workspaceEnv,
} from './terraform';
import { clean } from '../../providers/coder/refresh-schema';
import { readSchema } from './replay-provider/schema';

const AWKWARD = ['"', '\\', '\n', '\t', '$${x}', '%%{x}', 'EOF', 'é ü 漢 🤖', 'x'.repeat(70_000)];

describe('Terraform harness', () => {
  const made: Terraform[] = [];
  const folder = (config: object): Terraform => {
    const tf = Terraform.fromFiles({ 'main.tf.json': JSON.stringify({ ...REQUIRED_PROVIDERS, ...config }) });
    made.push(tf);
    return tf;
  };
  afterAll(() => made.forEach((tf) => tf.dispose()));

  it('hands over the schemas as they are in the repository', async () => {
    const tf = folder({});
    expectOk(await tf.init());
    const { provider_schemas: schemas } = await tf.providersSchema();
    for (const name of ['coder', 'docker']) {
      const { address, schema } = readSchema(name);
      const { provider, resource_schemas, data_source_schemas } = schemas[address] ?? schema;
      const received = { provider, resource_schemas, data_source_schemas };
      expect(clean(received as never)).toEqual(clean(schema as never));
    }
  });

  it('carries values of every type there and back', async () => {
    const container = {
      name: 'types',
      image: 'x',
      command: AWKWARD,
      env: ['b', 'a', 'A=1', 'a'],
      log_opts: { 'max-size': '10m', [AWKWARD[7] ?? '']: AWKWARD[0] },
      memory_swap: -1,
      shm_size: 4_294_967_296,
      privileged: true,
      hostname: null,
      user: '',
      labels: [
        { label: 'b', value: '2' },
        { label: 'a', value: '1' },
      ],
      volumes: [
        { container_path: '/b', read_only: true },
        { container_path: '/a', read_only: null },
      ],
    };
    const tf = folder({ resource: { docker_container: { types: container } } });
    expectOk(await tf.init());
    const { state } = expectOk(await tf.apply());
    const applied = valuesOf(state.values, 'docker_container.types');
    expect(applied).toMatchObject({
      command: AWKWARD.map((text) => text.replace('$${', '${').replace('%%{', '%{')),
      env: ['A=1', 'a', 'b'],
      log_opts: container.log_opts,
      memory_swap: -1,
      shm_size: 4_294_967_296,
      privileged: true,
      user: '',
      labels: [
        { label: 'a', value: '1' },
        { label: 'b', value: '2' },
      ],
    });
    expect((applied?.['volumes'] as unknown[]).length).toBe(2);
    expect(plannedActions(expectOk(await tf.plan()).plan)).toEqual({});
  });

  it('plans for several people at once, each with an environment of their own', async () => {
    const tf = folder({
      variable: { secret: { sensitive: true }, list: { type: 'list(string)', default: [] } },
      data: { coder_workspace_owner: { me: {} } },
      output: {
        who: { value: '${data.coder_workspace_owner.me.name}' },
        many: { value: '${length(var.list)}' },
      },
    });
    expectOk(await tf.init());
    const people = ['ada', 'bob', 'cleo'];
    const plans = await Promise.all(
      people.map((owner) =>
        tf.plan({
          env: workspaceEnv({ owner }),
          vars: { secret: `of ${owner}`, list: ['x', 'y'] },
          out: path.join(tf.dir, `${owner}.tfplan`),
        }),
      ),
    );
    const named = plans.map(({ plan }) => plan.output_changes?.['who']?.after);
    expect(named).toEqual(people);
    expect(plans[0]?.plan.output_changes?.['many']?.after).toBe(2);
    expect(plans[0]?.status).toBe(2);
  });

  it('keeps the variables of the shell out', async () => {
    const before = process.env['CODER_WORKSPACE_OWNER'];
    process.env['CODER_WORKSPACE_OWNER'] = 'shell';
    try {
      const tf = folder({ data: { coder_workspace_owner: { me: {} } } });
      expectOk(await tf.init());
      const { plan } = expectOk(await tf.plan());
      expect(plannedValuesOf(plan, 'data.coder_workspace_owner.me')).toMatchObject({ name: 'default' });
    } finally {
      if (before === undefined) delete process.env['CODER_WORKSPACE_OWNER'];
      else process.env['CODER_WORKSPACE_OWNER'] = before;
    }
  });

  it('repeats itself with a seed', async () => {
    const tf = folder({ resource: { coder_agent: { main: { os: 'linux', arch: 'amd64' } } } });
    expectOk(await tf.init());
    const env = workspaceEnv({ seed: 'one' });
    const first = expectOk(await tf.apply({ env })).state;
    expectOk(await tf.destroy({ env }));
    const second = expectOk(await tf.apply({ env })).state;
    expect(second).toEqual(first);
    const other = expectOk(await tf.apply({ env: workspaceEnv({ seed: 'two' }) })).state;
    // Only the token is made anew by a refresh.
    const [a, b] = [first, other].map((state) => valuesOf(state.values, 'coder_agent.main'));
    expect({ ...b, token: undefined }).toEqual({ ...a, token: undefined });
    expect(b?.['token']).not.toBe(a?.['token']);
  });

  it('makes failures readable', async () => {
    const tf = folder({
      data: { coder_parameter: { size: { name: 'size', type: 'number', default: 'x' } } },
    });
    expectOk(await tf.init());
    const failed = await tf.plan();
    expect(failed).toMatchObject({ ok: false, status: 1, hasChanges: false });
    expect(describeDiagnostics(failed.diagnostics)).toBe(
      'error: data.coder_parameter.size: Default value is not of type number (main.tf.json:1)\n    "x" is not a number',
    );
    expect(errorTexts(failed)).toEqual(['Default value is not of type number: "x" is not a number']);
    expect(() => expectOk(failed)).toThrow(/terraform failed \(1\)\nerror: data\.coder_parameter\.size/);
  });

  it('reports a configuration that does not parse, in every command', async () => {
    const tf = Terraform.fromFiles({ 'main.tf': 'resource {' });
    made.push(tf);
    for (const result of [await tf.init(), await tf.validate(), await tf.plan()]) {
      expect(result.ok).toBe(false);
      expect(describeDiagnostics(result.diagnostics)).toMatch(
        /Missing name for resource|Unclosed configuration block/,
      );
    }
  });

  it('checks the format', async () => {
    const tf = Terraform.fromFiles({ 'a.tf': 'locals {\n  a = 1\n}\n', 'sub/b.tf': 'locals {\na=1\n}\n' });
    made.push(tf);
    expect(await tf.fmtCheck()).toEqual({ ok: false, files: [path.join('sub', 'b.tf')] });
    fs.rmSync(path.join(tf.dir, 'sub'), { recursive: true });
    expect(await tf.fmtCheck()).toEqual({ ok: true, files: [] });
  });

  it('works on a copy and removes it', () => {
    const original = folder({});
    const copy = Terraform.copyOf(original.dir);
    expect(fs.readdirSync(copy.dir)).toEqual(['main.tf.json']);
    copy.dispose();
    expect(fs.existsSync(copy.dir)).toBe(false);
    expect(fs.existsSync(original.dir)).toBe(true);
  });

  it('says so when there is no Terraform', async () => {
    const before = process.env['TERRAFORM_BINARY_NAME'];
    process.env['TERRAFORM_BINARY_NAME'] = 'no-such-terraform';
    try {
      await expect(folder({}).init()).rejects.toThrow(
        /no "no-such-terraform" on the PATH: install Terraform 1\.9/,
      );
    } finally {
      if (before === undefined) delete process.env['TERRAFORM_BINARY_NAME'];
      else process.env['TERRAFORM_BINARY_NAME'] = before;
    }
  });
});

describe('replay program', () => {
  it('prints where it listens and ends with its input', async () => {
    const main = path.join(__dirname, 'replay-provider', 'main.ts');
    const child = spawn(process.execPath, ['--require', require.resolve('tsx/cjs'), main], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    const first = await new Promise<string>((resolve) =>
      createInterface({ input: child.stdout }).once('line', resolve),
    );
    expect(JSON.parse(first)).toEqual({
      'registry.terraform.io/coder/coder': {
        Protocol: 'grpc',
        ProtocolVersion: 6,
        Pid: child.pid,
        Test: true,
        Addr: { Network: 'tcp', String: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string },
      },
      'registry.terraform.io/kreuzwerker/docker': expect.objectContaining({ ProtocolVersion: 6 }) as object,
    });
    child.stdin.end();
    expect(await ended).toBe(0);
  });
});
