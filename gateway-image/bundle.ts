/** The gateway as one program: what it imports in one file, and beside it what it reads. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { manifestText } from '../bundling/manifest';
import { BUNDLE_OPTIONS, ROOT } from '../bundling/options';
import { licencesOf, packagesIn } from '../bundling/packages';
import { sbomOf } from './sbom';

/** Files by their name in the bundle. The second is a thread of the first; the others are programs of their own. */
const ENTRIES: Readonly<Record<string, string>> = {
  main: 'cli/gateway-image-main.ts',
  'heartbeat-thread': 'gateway/ledger/heartbeat-thread.ts',
  'health-check': 'gateway-image/programs/health-check.ts',
  forward: 'gateway-image/programs/forward.ts',
  'place-files': 'gateway-image/programs/place-files.ts',
};

export const OPTIONS = {
  ...BUNDLE_OPTIONS,
  // Names stay: errors and stack traces are read by people.
  sourcemap: 'linked',
  sourcesContent: false,
  // Optional parts of pg that nobody installs.
  external: ['pg-native', 'pg-cloudflare'],
  legalComments: 'linked',
} as const satisfies BuildOptions;

/**
 * Where its files look for each other, from the folder of the program as in the repository: migrations and what the
 * dashboard is made of beside it, the manifest one folder up, prompts two.
 */
const PROGRAM = join('lib', 'program');
const BESIDE = ['gateway/store/migrations', 'gateway/ui/templates', 'gateway/ui/assets'];

/** For a host without containers. */
const UNIT = 'contractor-workspace-gateway.service';

/** @param folder gets the program as an image or a host has it; what is there goes */
export async function writeBundle(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const program = join(folder, PROGRAM);
  mkdirSync(program, { recursive: true });
  const { metafile } = await build({
    ...OPTIONS,
    entryPoints: Object.entries(ENTRIES).map(([out, entry]) => ({ in: entry, out })),
    outdir: program,
  });
  for (const files of BESIDE) cpSync(join(ROOT, files), join(program, basename(files)), { recursive: true });
  cpSync(join(ROOT, 'prompts'), join(folder, 'prompts'), { recursive: true });
  cpSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
  cpSync(join(__dirname, UNIT), join(folder, UNIT));
  writeFileSync(join(program, '..', 'package.json'), manifestText());
  const packages = packagesIn(metafile);
  writeFileSync(join(folder, 'LICENSE-third-parties.txt'), licencesOf(packages));
  const sbom = await sbomOf(packages);
  writeFileSync(join(folder, 'sbom.cdx.json'), `${JSON.stringify(sbom, null, 2)}\n`);
}
