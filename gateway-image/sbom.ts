/** What is in the bundle, as npm tells it: its CycloneDX list, cut down to the packages that were taken. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '..');
/** Bytes of npm's list; ours has some hundred packages of about two thousand each. */
const LONGEST_LIST = 64 * 1024 * 1024;

interface Component {
  /** `name@version`. */
  readonly 'bom-ref': string;
}

export interface Sbom {
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
  readonly metadata: { readonly component: { readonly 'bom-ref': string; readonly name?: string } };
}

function referenceOf(folder: string): string {
  const { name, version } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  return `${name}@${version}`;
}

/** @param folders of the packages, such as `node_modules/pg` */
export async function sbomOf(folders: readonly string[]): Promise<Sbom> {
  const list = JSON.parse(await npmSbom()) as Sbom;
  const taken = new Set(folders.map(referenceOf));
  const components = list.components.filter((each) => taken.has(each['bom-ref']));
  const known = new Set(components.map((each) => each['bom-ref']));
  const missing = [...taken].filter((each) => !known.has(each));
  if (missing.length > 0)
    throw new Error(
      `what is installed is not what package-lock.json says (${missing.join(', ')}): run "npm ci"`,
    );
  const self = list.metadata.component['bom-ref'];
  return {
    ...list,
    // npm calls it by the folder it was asked in.
    metadata: {
      ...list.metadata,
      component: { ...list.metadata.component, name: self.split('@')[0] ?? self },
    },
    components,
    dependencies: list.dependencies
      .filter(({ ref }) => known.has(ref) || ref === self)
      .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((each) => known.has(each)) })),
  };
}

async function npmSbom(): Promise<string> {
  // With those for development: npm 11 leaves out, with --omit=dev, what these need as well.
  const args = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'];
  try {
    return (await promisify(execFile)('npm', args, { cwd: ROOT, maxBuffer: LONGEST_LIST })).stdout;
  } catch (fault) {
    const { stderr = '', message } = fault as Error & { stderr?: string };
    throw new Error(`npm sbom failed: ${(stderr || message).slice(0, 2_000)}`, { cause: fault });
  }
}
