/** What is in the archive, and what never is. */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SECRET_FILES } from '../../release/preflight/secret-files';
import { check, run } from './packed';
import { readTree } from './tree';

/** Bytes of the archive and of what it holds, at most. */
const LARGEST_ARCHIVE = 4_000_000;
const LARGEST_CONTENT = 16_000_000;

const AT_THE_TOP = [
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'SECURITY.md',
  'bin',
  'dist',
  'docs',
  'package.json',
];
/** Rooms of `dist/`. A new one is a decision: what is in a package is for ever. */
const ROOMS = (
  'LICENSE administration backup bin bundling certificates cli constructs create doctor examples gateway gateway-image library masking ' +
  'observability package.json platform prompts providers reconcile release review rotation scripts src synth terminal workspace-image'
).split(' ');

/** What secrets of the providers, of the gateway and of keys look like. */
const SECRETS =
  /sk-ant-[\w-]{20}|sk-[A-Za-z0-9]{32}|AKIA(?!IOSFODNN7EXAMPLE|X{16})[A-Z0-9]{16}|-----BEGIN [A-Z ]*PRIVATE KEY-----\n|gh[pousr]_\w{30}/;

/** A pattern of git's as an expression over a file's name. */
const asExpression = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replace(/[.]/g, '\\.').replace(/\*/g, '.*')}$`);

const first = (path: string): string => path.split('/')[0] ?? '';
const sorted = (names: Iterable<string>): string => [...new Set(names)].sort().join(' ');

export function checkContents(archive: string, folder: string): void {
  mkdirSync(folder);
  run(folder, 'tar', ['-xzf', archive]);
  const files = readTree(join(folder, 'package'));
  const paths = [...files.keys()];
  const below = (room: string): string[] =>
    paths.filter((path) => path.startsWith(`${room}/`)).map((path) => path.slice(room.length + 1));
  check(
    'at the top is what the list says',
    sorted(paths.map(first)) === sorted(AT_THE_TOP),
    sorted(paths.map(first)),
  );
  const rooms = sorted(below('dist').map(first));
  check('in dist/ is what the list says', rooms === sorted(ROOMS), rooms);
  const odd = paths.filter((path) =>
    /(^|\/)(test|node_modules|demo|bench)\/|\.test\.\w+$|\.tsbuildinfo$/.test(path),
  );
  check('there are no tests and no packages of others', odd.length === 0, odd.join('\n'));
  const sources = paths.filter((path) => /(?<!\.d)\.ts$/.test(path) && !/^dist\/examples\//.test(path));
  check('there are no sources but examples and templates', sources.length === 0, sources.join('\n'));
  const kept = SECRET_FILES.filter((pattern) => !pattern.startsWith('!')).map(asExpression);
  const named = paths.filter((path) =>
    kept.some((expression) => expression.test(path.split('/').at(-1) ?? '')),
  );
  check('no file has the name of one with secrets', named.length === 0, named.join('\n'));
  const holding = paths.filter((path) => SECRETS.test(files.get(path)?.toString('latin1') ?? ''));
  check('no file holds a secret', holding.length === 0, holding.join('\n'));
  const size = paths.reduce((sum, path) => sum + (files.get(path)?.length ?? 0), 0);
  const packed = statSync(archive).size;
  check(
    `it is no larger than ${LARGEST_ARCHIVE / 1e6} MB packed (${(packed / 1e6).toFixed(1)}) and ${LARGEST_CONTENT / 1e6} MB unpacked (${(size / 1e6).toFixed(1)})`,
    packed <= LARGEST_ARCHIVE && size <= LARGEST_CONTENT,
  );
  const { scripts = {} } = JSON.parse(files.get('package.json')?.toString() ?? '{}') as {
    scripts?: Record<string, string>;
  };
  const atInstall = Object.keys(scripts).filter((name) => /^(pre|post)?(install|prepare)$/.test(name));
  check('nothing of it runs when it is installed', atInstall.length === 0, atInstall.join(' '));
}
