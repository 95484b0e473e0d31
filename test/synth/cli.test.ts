import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { catalog } from '../../src/catalog';
import { policy } from '../../src/policy';
import { ContractorWorkspaceStack } from '../../src/stacks/contractor-workspace';
import { synthesize } from '../../src/synthesize';
import { readFolder, temporaryFolder } from './support/synthesize';

const ROOT = resolve(__dirname, '..', '..');
const STACK = join('stacks', 'contractor-workspace');

/** What synth writes without the command line. */
const expected = readFolder(
  join(
    synthesize({ catalog, policy, outdir: temporaryFolder() }, (app) => {
      new ContractorWorkspaceStack(app, 'contractor-workspace');
    }),
    STACK,
  ),
);

/** Runs the real command line in the repository, with a home of its own. */
function cdktfSynth(...options: string[]): { outdir: string; status: number | null; text: string } {
  const home = temporaryFolder();
  const outdir = join(temporaryFolder(), 'out');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules', '.bin', 'cdktf'), 'synth', '--output', outdir, ...options],
    {
      cwd: ROOT,
      encoding: 'utf8',
      env: {
        ...process.env,
        SYNTH_HCL_OUTPUT: undefined,
        CI: '1',
        CHECKPOINT_DISABLE: '1',
        DISABLE_VERSION_CHECK: '1',
        HOME: home,
        CDKTF_HOME: join(home, '.cdktf'),
        CDKTF_OUTDIR: outdir,
      },
    },
  );
  return { outdir, status, text: `${stdout}${stderr}` };
}

describe.each([
  { title: 'cdktf synth', options: [] },
  { title: 'cdktf synth --hcl', options: ['--hcl'] },
])('$title', ({ options }) => {
  let run: ReturnType<typeof cdktfSynth>;
  beforeAll(() => {
    run = cdktfSynth(...options);
  });

  test('ends well', () => {
    expect({ status: run.status, text: run.text }).toEqual({
      status: 0,
      text: expect.stringContaining('contractor-workspace') as string,
    });
  });

  test('writes the template that npm run synth writes, to the byte', () => {
    expect(readFolder(join(run.outdir, STACK))).toEqual(expected);
  });

  test('leaves nothing beside it that a push would take along', () => {
    const names = readdirSync(join(run.outdir, STACK), { recursive: true, encoding: 'utf8' });
    expect(names.filter((name) => /\.tf\.json$|^metadata\.json$|^cdk\.tf/.test(name))).toEqual([]);
    expect(readdirSync(join(run.outdir, 'stacks'))).toEqual(['contractor-workspace']);
    expect(existsSync(join(run.outdir, 'gateway', 'config.json'))).toBe(true);
  });
});
