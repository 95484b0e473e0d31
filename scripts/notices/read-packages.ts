/** The packages that are installed with the project when it is used, and what they say of their licence. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
}

export interface UsedPackage {
  readonly name: string;
  readonly version: string;
  /** As SPDX has it. */
  readonly licence: string;
  /** Texts of its files on licence and notice; none where it has none, or is for some platforms only. */
  readonly texts: readonly string[];
}

/** Characters of a file that is read: some lists of others' licences are longer than all else. */
const MOST = 100_000;
const LICENCE_FILE = /^(licen[cs]e|copying|notice)([-.](md|txt|mit|apache2?|apache-2\.0|bsd))?$/i;

/** @param root of the project @returns by name and version, each once */
export function readPackages(root: string): UsedPackage[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>;
  };
  const found = new Map<string, UsedPackage>();
  for (const [path, locked] of Object.entries(packages)) {
    const name = path.split('node_modules/').pop() ?? '';
    const isOurs = !path.includes('node_modules/') || locked.link === true;
    if (isOurs || locked.dev === true) continue;
    const version = locked.version ?? '';
    const isForSome = locked.os !== undefined || locked.cpu !== undefined;
    found.set(`${name}@${version}`, {
      name,
      version,
      licence: locked.license ?? licenceIn(join(root, path)),
      texts: isForSome ? [] : textsIn(join(root, path)),
    });
  }
  return [...found.values()].sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Older packages say it as an object, or as a list of them. */
function licenceIn(folder: string): string {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return 'not said';
  const { license, licenses } = JSON.parse(readFileSync(file, 'utf8')) as {
    license?: string | { type: string };
    licenses?: readonly { type: string }[];
  };
  const said = [license ?? licenses ?? []]
    .flat()
    .map((each) => (typeof each === 'string' ? each : each.type));
  return said.length === 0 ? 'not said' : said.join(' OR ');
}

const textsIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isFile() && LICENCE_FILE.test(entry.name))
        .map(({ name }) => readFileSync(join(folder, name), 'utf8').slice(0, MOST))
        .sort()
    : [];
