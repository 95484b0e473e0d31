import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { untilStopped } from '../../terminal/stopped';
import type { ImageOptions } from './options';

/** The registry that npm on this machine uses: a site that has a mirror has told npm already. */
export async function npmRegistry(): Promise<string> {
  const { stdout } = await promisify(execFile)('npm', ['config', 'get', 'registry'], { encoding: 'utf8' });
  const registry = stdout.trim();
  const url = URL.canParse(registry) ? new URL(registry) : undefined;
  if (!url || url.username !== '' || url.password !== '') {
    throw new Error(
      'the registry that npm uses on this machine cannot be used for the image: name one without a password with --npm-registry',
    );
  }
  return registry;
}

/** The command line of `docker build`. */
export function buildArguments(context: string, options: ImageOptions, registry: string): string[] {
  const given: [string, string | undefined][] = [
    ['BASE_IMAGE', options.baseImage],
    ['NPM_REGISTRY', registry],
    ['EXTENSION_GALLERY', options.gallery],
    ['APT_MIRROR', options.aptMirror],
    ['APT_SECURITY_MIRROR', options.aptSecurityMirror],
  ];
  return [
    'build',
    ...given.flatMap(([name, value]) => (value === undefined ? [] : ['--build-arg', `${name}=${value}`])),
    ...(options.network === undefined ? [] : ['--network', options.network]),
    '--tag',
    options.tag,
    context,
  ];
}

/** Runs docker; its words go to standard error, where they do not mix with a result. @throws when it fails */
export async function runDocker(args: readonly string[]): Promise<void> {
  const status = await untilStopped(
    (stop) =>
      new Promise<number>((resolve, reject) => {
        const child = spawn('docker', [...args], { stdio: ['ignore', 'pipe', 'inherit'] });
        child.stdout.pipe(process.stderr);
        // Docker ends the build when its client ends.
        stop.addEventListener('abort', () => child.kill('SIGTERM'));
        child.once('error', reject);
        child.once('close', (code) => resolve(code ?? 1));
      }),
  ).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new Error('no "docker" on the PATH: install Docker, or write the context only (--context-only)');
  });
  if (status !== 0) throw new Error(`docker ${args[0]} failed (exit code ${status}); its last lines say why`);
}
