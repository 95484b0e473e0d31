/** Pushes the template with Coder's own program, in its container: no second program of Coder's has to fit it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readListing } from '../release/preflight/listing';
import { CliError } from '../terminal/fault';
import type { Coder } from './coder';
import type { Engine } from './engine';
import { lastLines } from './programs';
import { tarOf, type TarEntry } from './tar';

const PROGRAM = '/opt/coder';
/** Who runs in Coder's image. */
const USER = 1000;
/** Where Coder answers its own container. */
const INSIDE = 'http://127.0.0.1:7080';

export interface PushProps {
  readonly engine: Engine;
  readonly coder: Coder;
  readonly container: string;
  readonly name: string;
  /** The template's. */
  readonly folder: string;
  /** Values of the template's variables. */
  readonly variables: Readonly<Record<string, string>>;
  /** Of an administrator. */
  readonly token: string;
}

/** @returns id of the version that workspaces are made from; nothing when there is no such template */
export async function activeVersion(
  { coder, name, token }: Pick<PushProps, 'coder' | 'name' | 'token'>,
  stop: AbortSignal,
): Promise<string | undefined> {
  const path = `/api/v2/organizations/default/templates/${encodeURIComponent(name)}`;
  const { status, body } = await coder.ask('GET', path, { token }, stop);
  if (status === 404) return undefined;
  const version = (body as { active_version_id?: unknown } | undefined)?.active_version_id;
  if (status !== 200 || typeof version !== 'string')
    throw new CliError(`Coder does not say what there is of the template ${name} (HTTP ${status}).`);
  return version;
}

/** @throws CliError with the last words of Coder's program */
export async function pushTemplate(props: PushProps, stop: AbortSignal): Promise<void> {
  const { engine, container, name, variables } = props;
  const files = filesOf(props.folder);
  const place = `platform-template-${process.pid}`;
  const entries: TarEntry[] = [
    { path: `${place}/`, mode: 0o700, owner: USER },
    ...foldersOf(files.map(({ path }) => path)).map((path) => ({
      path: `${place}/template/${path}`,
      mode: 0o700,
      owner: USER,
    })),
    ...files.map(({ path, content }) => ({
      path: `${place}/template/${path}`,
      content,
      mode: 0o644,
      owner: USER,
    })),
    {
      path: `${place}/variables.yaml`,
      // JSON is YAML.
      content: Buffer.from(JSON.stringify(variables)),
      mode: 0o600,
      owner: USER,
    },
  ];
  await engine.must('PUT', `/containers/${container}/archive?path=/tmp`, tarOf(entries));
  const coder = async (...words: readonly string[]): Promise<void> => {
    const { exitCode, output } = await engine.exec(container, [PROGRAM, ...words], {
      environment: { CODER_URL: INSIDE, CODER_SESSION_TOKEN: props.token, HOME: `/tmp/${place}` },
      user: `${USER}:${USER}`,
      signal: stop,
    });
    if (exitCode !== 0)
      throw new CliError(
        `coder ${words.slice(0, 2).join(' ')} (exit code ${exitCode}): ${lastLines(output)}`,
      );
  };
  try {
    await coder(
      ...['templates', 'push', name, '--yes'],
      ...['--directory', `/tmp/${place}/template`, '--variables-file', `/tmp/${place}/variables.yaml`],
    );
    const { words } = readListing(
      new Map(files.map(({ path, content }) => [path, content.toString('utf8')])),
    );
    if (words.length > 0) await coder('templates', 'edit', name, '--yes', ...words);
  } finally {
    await engine.exec(container, ['rm', '-rf', `/tmp/${place}`], { user: `${USER}:${USER}` }).catch(() => {});
  }
}

/** Each before what is in it: those that an archive does not name would be root's. */
const foldersOf = (paths: readonly string[]): string[] => [
  ...new Set(
    paths.flatMap((path) =>
      path.split('/').map((_, at, words) =>
        words
          .slice(0, at)
          .map((word) => `${word}/`)
          .join(''),
      ),
    ),
  ),
];

/** What Coder gets of a folder: no state, no hidden file but the lock file. */
function filesOf(folder: string): { path: string; content: Buffer }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1))
    .filter((path) => !/(^|\/)\.(?!terraform\.lock\.hcl$)|\.tfstate|\.tfvars/.test(path))
    .sort()
    .map((path) => ({ path, content: readFileSync(join(folder, path)) }));
}
