/**
 * Completes package-lock.json with the platform packages npm could not see.
 *
 * npm writes only the optional packages its registry holds, yet `npm ci` asks for every one that is named: a lock file
 * made against a mirror with one platform's packages is refused everywhere. Each missing one is added by the version
 * its owner asks for, and every one without an integrity hash gets the registry's, since without it npm installs
 * whatever it is given.
 *
 * Usage: node scripts/complete-lock.mjs [--check]
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FILE = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const SYSTEMS = {
  darwin: 'darwin',
  linux: 'linux',
  win32: 'win32',
  windows: 'win32',
  android: 'android',
  freebsd: 'freebsd',
  openharmony: 'openharmony',
};
/**
 * Platform packages of a program that only the tests run, on Linux: no registry that was at hand has had them, so their
 * hashes are not known. Nothing that is deployed may be named here.
 */
const UNSEEN = /^node_modules\/opencode-(darwin|linux|windows)-/;
const PROCESSORS = ['arm64', 'x64', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64', 'arm'];

/** Is the package found from the folder of its owner, as Node.js looks for it? */
function isLocked(packages, owner, name) {
  for (let folder = owner; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`]) return true;
    if (folder === '') return false;
  }
}

/** What the name of a platform package says: `core-linux-arm64-musl`. */
function platformOf(name) {
  const words = name.split('/').pop().split('-');
  const os = words.map((word) => SYSTEMS[word]).find(Boolean);
  const cpu = PROCESSORS.find((processor) => words.includes(processor));
  const libc = words.some((word) => word.startsWith('musl'))
    ? 'musl'
    : words.some((word) => word.startsWith('gnu'))
      ? 'glibc'
      : undefined;
  return {
    ...(os && { os: [os] }),
    ...(cpu && { cpu: [cpu] }),
    ...(os === 'linux' && libc && { libc: [libc] }),
  };
}

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const missing = Object.entries(lock.packages).flatMap(([owner, { optionalDependencies, dev }]) =>
  Object.entries(optionalDependencies ?? {})
    .filter(([name]) => !isLocked(lock.packages, owner, name))
    .map(([name, range]) => [
      name,
      { version: range.replace(/^[\^~]/, ''), ...(dev && { dev }), optional: true, ...platformOf(name) },
    ]),
);

/** Bundled packages lie in the archive of their owner, whose hash covers them. */
const lacksHash = ([path, { integrity, link, inBundle }]) =>
  path.includes('node_modules/') && !integrity && !link && !inBundle;

/** The registry's hash of a package; undefined when it has no such package. */
function hashOf(path, version) {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  try {
    const said = execFileSync('npm', ['view', `${name}@${version}`, 'dist.integrity'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return /^sha512-[\w+/=]+$/.test(said) ? said : undefined;
  } catch {
    return undefined;
  }
}

if (process.argv.includes('--check')) {
  const unsafe = Object.entries(lock.packages)
    .filter(lacksHash)
    .filter(([path, { dev }]) => !(dev && UNSEEN.test(path)))
    .map(([path]) => path);
  const faults = [
    missing.length > 0 &&
      `lacks ${missing.map(([name]) => name).join(', ')}: run "npm run lock", or npm ci refuses it`,
    unsafe.length > 0 &&
      `has no integrity hash for ${unsafe.join(', ')}: run "npm run lock" where a registry has them`,
  ].filter(Boolean);
  for (const fault of faults) process.stderr.write(`package-lock.json ${fault}\n`);
  if (faults.length > 0) process.exitCode = 1;
} else {
  for (const [name, entry] of missing) lock.packages[`node_modules/${name}`] = entry;
  let hashes = 0;
  for (const [path, entry] of Object.entries(lock.packages).filter(lacksHash)) {
    const integrity = hashOf(path, entry.version);
    if (!integrity) continue;
    // In npm's own order of members, so that npm leaves the file as it is.
    const { version, ...rest } = entry;
    lock.packages[path] = { version, integrity, ...rest };
    hashes += 1;
  }
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
  process.stdout.write(`package-lock.json: ${missing.length} platform packages and ${hashes} hashes added\n`);
}
