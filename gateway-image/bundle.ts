/** The gateway as one program: what it imports in one file, and beside it what it reads. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { sbomOf } from './sbom';

const ROOT = join(__dirname, '..');

/** Files by their name in the bundle. The second is a thread of the first; the others are programs of their own. */
const ENTRIES: Readonly<Record<string, string>> = {
  main: 'cli/gateway-image-main.ts',
  'heartbeat-thread': 'gateway/ledger/heartbeat-thread.ts',
  'health-check': 'gateway-image/programs/health-check.ts',
  forward: 'gateway-image/programs/forward.ts',
  'place-files': 'gateway-image/programs/place-files.ts',
};

/** How what runs in the image is made of its sources. */
export const OPTIONS: BuildOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // Names stay: errors and stack traces are read by people.
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: 'linked',
  sourcesContent: false,
  // Optional parts of pg that nobody installs.
  external: ['pg-native', 'pg-cloudflare'],
  legalComments: 'linked',
  metafile: true,
  logLevel: 'silent',
};

/**
 * Where its files look for each other, from the folder of the program as in the repository: migrations and what the
 * dashboard is made of beside it, the manifest one folder up, prompts two.
 */
const PROGRAM = join('lib', 'program');
const BESIDE = ['gateway/store/migrations', 'gateway/ui/templates', 'gateway/ui/assets'];

/** For a host without containers. */
const UNIT = 'contractor-workspace-gateway.service';

/** Packages whose files are in the bundle, by their folders: `node_modules/pg`. */
const packagesIn = (inputs: readonly string[]): string[] => [
  ...new Set(
    inputs.flatMap((input) => /^((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []),
  ),
];

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
  const { name, version, license, engines } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  ) as Record<string, unknown>;
  const manifest = { name, version, license, private: true, engines };
  writeFileSync(join(program, '..', 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const packages = packagesIn(Object.keys(metafile?.inputs ?? {})).sort();
  writeFileSync(join(folder, 'LICENSE-third-parties.txt'), packages.map(licenseOf).join('\n'));
  const sbom = await sbomOf(packages);
  writeFileSync(join(folder, 'sbom.cdx.json'), `${JSON.stringify(sbom, null, 2)}\n`);
}

/** Their licences ask for their texts to go along. */
function licenseOf(folder: string): string {
  const { name, version, license } = JSON.parse(
    readFileSync(join(ROOT, folder, 'package.json'), 'utf8'),
  ) as Record<string, string>;
  const file = readdirSync(join(ROOT, folder)).find((each) => /^licen[cs]e/i.test(each));
  const text = file === undefined ? `${license}\n` : readFileSync(join(ROOT, folder, file), 'utf8');
  return `== ${name} ${version}\n\n${text}`;
}
