/** The image is in the state while the workspace runs, and no longer: a stop must not need it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  changeOf,
  expectOk,
  plannedActions,
  plannedValuesOf,
  Terraform,
  workspaceEnv,
} from '../harness/terraform';
import { ADA, CLAIM_SECRET, TemplateUnderTest } from './support';

const RUNNING = { ...ADA, agentToken: '77777777-7777-4777-8777-777777777777' };
const run = (build: typeof ADA) => ({
  env: workspaceEnv(build),
  vars: { workspace_claim_secret: CLAIM_SECRET },
});

let template: TemplateUnderTest;
beforeEach(async () => {
  template = await TemplateUnderTest.synthesize();
});
afterEach(() => template.dispose());

test('a stop forgets the image, which stays on its host; the next start looks for it again', async () => {
  await template.apply(RUNNING);
  const { plan } = expectOk(await template.plan({ ...RUNNING, transition: 'stop' }));
  expect(plannedActions(plan)['docker_image.workspace[0]']).toBe('delete');
  expect(changeOf(plan, 'docker_image.workspace[0]')?.change.before?.keep_locally).toBe(true);
  await template.apply({ ...RUNNING, transition: 'stop' });
  const again = expectOk(await template.plan({ ...RUNNING, transition: 'stop' })).plan;
  const known = (again.prior_state?.values?.root_module?.resources ?? []).map(({ type }) => type);
  expect(known).not.toContain('docker_image');
  const start = expectOk(await template.plan(RUNNING)).plan;
  expect(plannedActions(start)['docker_image.workspace[0]']).toBe('create');
});

describe('a workspace made by a version that had the image in every build', () => {
  /** The template with the image as it was. */
  const older = (terraform: Terraform): Terraform => {
    const copy = Terraform.copyOf(terraform.dir);
    const code = readFileSync(join(copy.dir, 'workspace.tf'), 'utf8');
    const changed = code
      .replace(/(resource "docker_image" "workspace" \{\n) *count .*\n\n/, '$1')
      .replaceAll('docker_image.workspace[0]', 'docker_image.workspace');
    if (changed === code) throw new Error('workspace.tf has no such image any more: mend the test');
    copy.write('workspace.tf', changed);
    return copy;
  };

  const afterBuildOf = async (build: typeof ADA): Promise<void> => {
    const old = older(template.terraform);
    try {
      expectOk(await old.apply(run(build)));
      // What it made on a real host is the template's now.
      template.terraform.takeOver(run(build));
      template.terraform.write('terraform.tfstate', readFileSync(join(old.dir, 'terraform.tfstate'), 'utf8'));
    } finally {
      old.dispose();
    }
  };

  test('goes on with the same image, container and home', async () => {
    await afterBuildOf(RUNNING);
    const { plan } = expectOk(await template.plan(RUNNING));
    expect(Object.keys(plannedActions(plan)).filter((one) => one !== 'coder_script.ai_setup')).toEqual([]);
    for (const address of [
      'docker_image.workspace[0]',
      'docker_container.workspace[0]',
      'docker_volume.home',
    ])
      expect(changeOf(plan, address)?.change.actions).toEqual(['no-op']);
  });

  test('can be stopped, and started after a stop of before', async () => {
    await afterBuildOf(RUNNING);
    const stop = expectOk(await template.plan({ ...RUNNING, transition: 'stop' })).plan;
    expect(plannedActions(stop)['docker_volume.home']).toBeUndefined();
    await afterBuildOf({ ...RUNNING, transition: 'stop' });
    const start = expectOk(await template.plan(RUNNING)).plan;
    expect(changeOf(start, 'docker_volume.home')?.change.actions).toEqual(['no-op']);
    expect(changeOf(start, 'docker_image.workspace[0]')?.change.actions).toEqual(['no-op']);
    expect(plannedValuesOf(start, 'docker_container.workspace[0]')?.image).toBeDefined();
  });
});
