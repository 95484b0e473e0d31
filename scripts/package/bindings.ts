/**
 * Puts the providers' bindings into the package. Those of the coder provider are a package of this repository alone; those
 * of the docker provider ask for one minor version of cdktf, which would keep everybody from its successor cdktn.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const CODER = '@cdktf/provider-coder/';
const DOCKER = '@cdktf/provider-docker/';
/** Where a file names one of them, in JavaScript and in declarations. */
const NAMED = /(['"])@cdktf\/provider-(coder|docker)\/([\w/.-]+)\1/g;

/** Where the bindings of a provider are in the package. */
const PLACE = { coder: join('providers', 'coder', 'src'), docker: join('providers', 'docker') };

const ofBindings = (path: string): boolean => /\.(js|d\.ts)$/.test(path);

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ofBindings(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** Makes each import of a bindings' package one of a file below `dist`; copies the files of the docker provider. */
export function bindWithin(root: string, dist: string): void {
  const docker = join(root, 'node_modules', DOCKER);
  const copied = new Set<string>();
  for (const file of filesBelow(dist)) {
    const text = readFileSync(file, 'utf8');
    if (!text.includes(CODER) && !text.includes(DOCKER)) continue;
    const bound = text.replace(NAMED, (_, quote: string, provider: 'coder' | 'docker', path: string) => {
      if (provider === 'docker') copied.add(dirname(path));
      const target = join(dist, PLACE[provider], provider === 'coder' ? `${path}/index.js` : path);
      const way = relative(dirname(file), target);
      return `${quote}${way.startsWith('.') ? way : `./${way}`}${quote}`;
    });
    writeFileSync(file, bound);
  }
  for (const folder of copied) copyBindings(docker, join(dist, PLACE.docker), folder);
  // Its licence, the MPL 2.0, asks for its text and for where the source is.
  cpSync(join(docker, 'LICENSE'), join(dist, PLACE.docker, 'LICENSE'));
  const { name, version, license, repository } = JSON.parse(
    readFileSync(join(docker, 'package.json'), 'utf8'),
  ) as Record<string, unknown>;
  const manifest = { name, version, license, repository, private: true };
  writeFileSync(join(dist, PLACE.docker, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Without the maps, which hold the sources once more. */
function copyBindings(from: string, to: string, folder: string): void {
  for (const file of filesBelow(join(from, folder))) {
    const target = join(to, relative(from, file));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, readFileSync(file, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'));
  }
}
