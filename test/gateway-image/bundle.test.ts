/** The gateway as one program: complete without the repository, and what it says of itself is true. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { GATEWAY_PROGRAMS, GATEWAY_USER } from '../../constructs/platform/gateway-programs';
import { SERVICE_IMAGES } from '../../constructs/platform/service-image';
import { writeBundle } from '../../gateway-image/bundle';
import type { Sbom } from '../../gateway-image/sbom';
import { IMAGE_PINS } from '../../workspace-image/image/pins';

const ROOT = resolve(__dirname, '..', '..');
const UNIT = 'contractor-workspace-gateway.service';
const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
const app = join(folder, 'app');
const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

beforeAll(() => writeBundle(app));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (args: readonly string[], environment: Record<string, string> = {}) =>
  spawnSync(process.execPath, [join(app, 'lib/program/main.js'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...environment },
  });

test('runs where nothing else of the project is', () => {
  const { version } = JSON.parse(text('package.json')) as { version: string };
  expect(run(['--version'])).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
  expect(run(['gateway', '--help']).stdout).toContain('GATEWAY_MASTER_KEY');
  const { status, stderr } = run(['gateway']);
  expect(status).not.toBe(0);
  expect(stderr).toContain('GATEWAY_MASTER_KEY');
});

test('holds migrations, the dashboard, prompts and licences, and the programs that the platform starts', () => {
  const names = (path: string): string[] => readdirSync(path).sort();
  expect(names(join(app, 'lib/program/migrations'))).toEqual(names(join(ROOT, 'gateway/store/migrations')));
  for (const part of ['templates', 'assets'])
    expect(names(join(app, 'lib/program', part))).toEqual(names(join(ROOT, 'gateway/ui', part)));
  expect(names(join(app, 'prompts'))).toEqual(names(join(ROOT, 'prompts')));
  for (const path of Object.values(GATEWAY_PROGRAMS))
    expect({ path, there: existsSync(path.replace('/opt/contractor-workspace', app)) }).toEqual({
      path,
      there: true,
    });
});

test('lists every package that is in it with its version and licence, and none that is not', () => {
  const { components } = JSON.parse(readFileSync(join(app, 'sbom.cdx.json'), 'utf8')) as Sbom;
  const references = components.map((each) => each['bom-ref']);
  const licences = readFileSync(join(app, 'LICENSE-third-parties.txt'), 'utf8');
  for (const name of ['pg', 'undici', 'ajv', 'commander', '@smithy/signature-v4']) {
    const { version } = JSON.parse(text(`node_modules/${name}/package.json`)) as { version: string };
    expect(references).toContain(`${name}@${version}`);
    expect(licences).toContain(`== ${name} ${version}\n`);
  }
  expect(references.filter((each) => /^(cdktf|constructs|jest|typescript|esbuild)@/.test(each))).toEqual([]);
});

test('the image says of itself what the platform and the command line say of it', () => {
  const dockerfile = text('gateway-image/Dockerfile');
  const [, settings = '', flags = ''] =
    /exec env (.*) node (.*) "\$root\/bin\/start\.cjs"/.exec(text('bin/contractor-workspace')) ?? [];
  expect(flags).toContain('--max-semi-space-size');
  for (const flag of flags.split(' ')) expect(dockerfile).toContain(`"${flag}"`);
  for (const setting of settings.split(' ')) expect(dockerfile).toContain(setting);
  expect(dockerfile).toContain(`node:${IMAGE_PINS.node.version}-`);
  expect(dockerfile).toContain(`USER ${GATEWAY_USER}`);
  expect(dockerfile).toContain(`"${GATEWAY_PROGRAMS.healthCheck}"`);
  expect(text('cli/gateway-image.ts')).toContain(`'${SERVICE_IMAGES.gateway.name}'`);
  const unit = text(`gateway-image/${UNIT}`);
  for (const flag of flags.split(' ')) expect(unit).toContain(` ${flag} `);
  for (const setting of settings.split(' ')) expect(unit).toContain(setting);
});

test('systemd finds no fault in the unit, and little that it could do', () => {
  const unit = readFileSync(join(app, UNIT), 'utf8');
  expect(unit).toContain('DynamicUser=yes');
  const analyze = (...args: string[]) =>
    spawnSync('systemd-analyze', [...args, join(app, UNIT)], { encoding: 'utf8' });
  const { error, status, stderr, stdout } = analyze('verify');
  // A machine without systemd has read it at least.
  if (error !== undefined) return;
  // Whether Node.js lies where a host has it is not said of the unit.
  const faults = `${stdout}${stderr}`
    .split('\n')
    .filter((line) => line !== '' && !line.includes('/usr/bin/node'));
  expect({ faults, status: faults.length === 0 ? 0 : status }).toEqual({ faults: [], status: 0 });
  // Out of a hundred; without any of it 96.
  expect(analyze('security', '--offline=true', '--threshold=20', '--no-pager').status).toBe(0);
});
