/** Names by which files are known that nobody writes by hand. */

/** Written by package managers. */
const LOCK_FILES: ReadonlySet<string> = new Set([
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'bun.lockb',
  'deno.lock',
  'composer.lock',
  'gemfile.lock',
  'cargo.lock',
  'poetry.lock',
  'pdm.lock',
  'uv.lock',
  'pipfile.lock',
  'go.sum',
  'go.work.sum',
  'mix.lock',
  'pubspec.lock',
  'podfile.lock',
  'package.resolved',
  'packages.lock.json',
  'paket.lock',
  'flake.lock',
  'gradle.lockfile',
  'conan.lock',
  'cartfile.resolved',
  '.terraform.lock.hcl',
  'module.bazel.lock',
  'chart.lock',
]);

/** Folders of what others have written. */
const VENDORED: ReadonlySet<string> = new Set([
  'node_modules',
  'vendor',
  'third_party',
  'third-party',
  'bower_components',
  'jspm_packages',
  '.yarn',
  'godeps',
  'carthage',
  'pods',
  'site-packages',
]);

/** Ends of names that tools give to what they write. */
const GENERATED: readonly string[] = [
  '.min.js',
  '.min.css',
  '.bundle.js',
  '.js.map',
  '.css.map',
  '.pb.go',
  '.pb.cc',
  '.pb.h',
  '_pb2.py',
  '_pb2_grpc.py',
  '_pb.js',
  '_pb.d.ts',
  '.g.dart',
  '.freezed.dart',
  '.designer.cs',
  '.g.cs',
  '.generated.ts',
  '.snap',
];

const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1).toLowerCase();

export const isLockFile = (path: string): boolean => LOCK_FILES.has(baseOf(path));

export const isVendored = (path: string): boolean =>
  path
    .toLowerCase()
    .split('/')
    .slice(0, -1)
    .some((folder) => VENDORED.has(folder));

export const isGeneratedByName = (path: string): boolean =>
  GENERATED.some((end) => baseOf(path).endsWith(end));

/** What tools write at the top of what they make; Go's is a rule of its own (go.dev/s/generatedcode). */
const MARKS = /@generated\b|\bDO NOT EDIT\b|auto-?generated|\bgenerated (?:by|from|file|code)\b/i;
/** Lines at the top that may say so, and UTF-16 units of each. */
const TOP_LINES = 5;
const LINE = 300;

export const saysGenerated = (top: string): boolean =>
  top
    .slice(0, TOP_LINES * LINE)
    .split('\n', TOP_LINES)
    .some(
      (line) =>
        /^\s*(\/\/|\/\*|\*|#|--|<!--|;|%|")/.test(line.slice(0, LINE)) && MARKS.test(line.slice(0, LINE)),
    );
