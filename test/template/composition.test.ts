/** A template of the constructs alone, without `ContractorWorkspace`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import { CoderProvider } from '../../constructs/workspace/coder';
import { DockerProvider } from '../../constructs/common/docker';
import { HomeVolume } from '../../constructs/workspace/home-volume';
import { ImageSource, WorkspaceImage } from '../../constructs/workspace/image';
import { Parameter } from '../../constructs/workspace/parameter';
import { Preset } from '../../constructs/workspace/preset';
import { WorkspaceAgent } from '../../constructs/workspace/workspace-agent';
import { WorkspaceApp } from '../../constructs/workspace/workspace-app';
import { WorkspaceContainer } from '../../constructs/workspace/workspace-container';
import { WorkspaceContext } from '../../constructs/workspace/workspace-context';
import { shipFile } from '../../constructs/workspace/workspace-file';
import { NetworkSource, WorkspaceNetwork } from '../../constructs/workspace/workspace-network';
import { WorkspaceScript } from '../../constructs/workspace/workspace-script';
import { WorkspaceVariable } from '../../constructs/workspace/workspace-variable';
import { TemplateStack } from '../../synth/template-stack';
import {
  expectOk,
  plannedActions,
  plannedValuesOf,
  Terraform,
  usesRealProviders,
  workspaceEnv,
} from '../harness/terraform';
import { readyForHost } from '../harness/docker-host';
import { ADA } from './support';

class NotebookTemplate extends TemplateStack {
  constructor(scope: App) {
    super(scope, 'notebook', { providerVersions: { coder: '>= 2.13, < 3', docker: '>= 3.6, < 5' } });
    new CoderProvider(this, 'coder');
    new DockerProvider(this, 'docker');
    const context = new WorkspaceContext(this, 'Context');
    const size = new Parameter(this, 'Size', {
      name: 'size',
      displayName: 'Size',
      description: 'How much of the host.',
      default: '1',
      order: 1,
      type: 'number',
      options: [
        { value: '1', label: 'Small' },
        { value: '4', label: 'Large' },
      ],
    });
    new Preset(this, 'Big', { name: 'Big', values: [[size, '4']] });
    const agent = new WorkspaceAgent(this, 'Agent', { context });
    new WorkspaceContainer(this, 'Container', {
      context,
      agent,
      image: new WorkspaceImage(this, 'Image', { context, source: ImageSource.of('notebook:3') }),
      home: new HomeVolume(this, 'Home', { context }),
      network: new WorkspaceNetwork(this, 'Network', {
        context,
        source: NetworkSource.perWorkspace({ internal: true }),
      }),
      cpus: size.ref,
      memory: size.ref,
    });
    new WorkspaceScript(this, 'Start', {
      agent,
      name: 'start',
      displayName: 'Notebook',
      script: `file(${shipFile(this, 'scripts/start.sh', '#!/bin/sh\nnotebook --port 8888\n')})`,
      timeout: 30,
    });
    new WorkspaceVariable(this, 'Variable', { agent, name: 'NOTEBOOK_SIZE', value: size.ref });
    new WorkspaceApp(this, 'App', {
      agent,
      slug: 'notebook',
      displayName: 'Notebook',
      port: 8888,
      healthPath: '/health',
    });
  }
}

let folder: string;
let terraform: Terraform;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'composition-'));
  const app = new App({ outdir: folder, stackTraces: false });
  new NotebookTemplate(app);
  app.synth();
  terraform = new Terraform(join(folder, 'stacks', 'notebook'));
  if (usesRealProviders()) await readyForHost(terraform.dir);
  expectOk(await terraform.init());
});
afterAll(async () => {
  await terraform.clear();
  rmSync(folder, { recursive: true, force: true });
});

test('it is valid, formatted, and plans', async () => {
  expect(await terraform.validate()).toMatchObject({ valid: true, diagnostics: [] });
  expect(await terraform.fmtCheck()).toMatchObject({ ok: true, files: [] });
  const { plan } = expectOk(
    await terraform.plan({ env: workspaceEnv({ ...ADA, parameters: { size: '4' } }) }),
  );
  expect(plannedValuesOf(plan, 'docker_container.workspace[0]')).toMatchObject({
    cpus: '4.0',
    networks_advanced: [expect.objectContaining({ name: `coder-${ADA.workspaceId}` })],
  });
  expect(plannedValuesOf(plan, 'coder_app.notebook')).toMatchObject({
    url: 'http://localhost:8888/',
    share: 'owner',
  });
});

test('a network of its own is there while the workspace runs, and given back when it stops', async () => {
  expectOk(await terraform.apply({ env: workspaceEnv(ADA) }));
  const same = expectOk(await terraform.plan({ env: workspaceEnv({ ...ADA, agentToken: 'running' }) })).plan;
  expect(plannedActions(same)['docker_network.workspace[0]']).toBeUndefined();
  const stop = expectOk(await terraform.plan({ env: workspaceEnv({ ...ADA, transition: 'stop' }) })).plan;
  expect(plannedActions(stop)).toMatchObject({
    'docker_network.workspace[0]': 'delete',
    'docker_container.workspace[0]': 'delete',
  });
  expect(plannedActions(stop)['docker_volume.home']).toBeUndefined();
});
