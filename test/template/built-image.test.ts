import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ImageSource } from '../../constructs/workspace/image';
import { ARCHIVE_LIMIT, archiveSize } from '../../synth/template-files';
import { imageContext } from '../../workspace-image/image/context';
import { workspaceImage } from '../../workspace-image/image/workspace-image';
import { expectOk, plannedActions, plannedValuesOf, usesRealProviders } from '../harness/terraform';
import { readFolder } from './programs';
import { ADA, TemplateUnderTest } from './support';

let template: TemplateUnderTest;
beforeAll(async () => {
  const image = ImageSource.built({
    name: 'contractor-workspace:2',
    context: imageContext(workspaceImage()),
    buildArgs: { BASE_IMAGE: 'registry.example.com/debian:12.12' },
  });
  template = await TemplateUnderTest.synthesize({}, { image });
});
afterAll(() => template.dispose());

test('the template ships the whole build context, within what Coder takes', () => {
  const files = readFolder(template.terraform.dir);
  expect([...files.keys()]).toEqual(
    expect.arrayContaining(['image/Dockerfile', 'image/rootfs/opt/workspace/image.json']),
  );
  // What is left is the site's own: files of assistants, scripts, certificates.
  expect(archiveSize(files)).toBeLessThan((ARCHIVE_LIMIT * 4) / 5);
  const mode = (path: string): number => statSync(join(template.terraform.dir, path)).mode & 0o777;
  expect(mode('image/rootfs/opt/workspace/commands/ai-setup')).toBe(0o755);
  expect(mode('image/Dockerfile')).toBe(0o644);
});

test('it plans a build from there, and again only when a file changes', async () => {
  const { plan } = expectOk(await template.plan(ADA));
  expect(plannedValuesOf(plan, 'docker_image.workspace[0]')).toMatchObject({
    name: 'contractor-workspace:2',
    build: [
      expect.objectContaining({
        context: expect.stringMatching(/image$/) as string,
        build_args: { BASE_IMAGE: 'registry.example.com/debian:12.12' },
      }),
    ],
  });
  // Its base image lies in a registry that nobody has: the engine cannot build it.
  if (usesRealProviders()) return;
  await template.apply(ADA);
  expect(
    plannedActions(expectOk(await template.plan(ADA)).plan)['docker_image.workspace[0]'],
  ).toBeUndefined();
  const file = join(template.terraform.dir, 'image/Dockerfile');
  expect(readFileSync(file, 'utf8')).toContain('FROM ');
  appendFileSync(file, '\n# changed\n');
  const changed = expectOk(await template.plan(ADA)).plan;
  expect(plannedActions(changed)['docker_image.workspace[0]']).toBe('replace');
});
