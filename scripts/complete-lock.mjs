/**
 * Completes package-lock.json with the platform packages npm could not see.
 *
 * npm writes only the optional packages its registry holds, yet `npm ci` asks for every one that is named: a lock file
 * made against a mirror with one platform's packages is refused everywhere. Each missing one is added by the version
 * its owner asks for, without an integrity hash, since nobody saw it.
 *
 * Usage: node scripts/complete-lock.mjs [--check]
 */
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

if (process.argv.includes('--check')) {
  if (missing.length > 0) {
    process.stderr.write(
      `package-lock.json lacks ${missing.map(([name]) => name).join(', ')}: run "npm run lock", or npm ci refuses it\n`,
    );
    process.exitCode = 1;
  }
} else {
  for (const [name, entry] of missing) lock.packages[`node_modules/${name}`] = entry;
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
  process.stdout.write(`package-lock.json: ${missing.length} platform packages added\n`);
}
