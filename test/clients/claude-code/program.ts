/** The Claude Code that the workspace image holds, installed below a folder for temporary things. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { claudeCodeImage } from '../../../workspace-image/image/claude-code';

const PACKAGE = '@anthropic-ai/claude-code';
const PLATFORMS = ['linux', 'darwin'];
const PROCESSORS = ['x64', 'arm64'];
/** Milliseconds; it is a hundred megabytes. */
const LONGEST_INSTALL = 300_000;

const run = promisify(execFile);

function pinnedVersion(): string {
  const version = claudeCodeImage().packages?.[PACKAGE];
  if (version === undefined) throw new Error(`the workspace image holds no ${PACKAGE} any more`);
  return version;
}

/** What keeps it from running here, or nothing. */
export function obstacle(): string | undefined {
  const { platform, arch } = process;
  if (PLATFORMS.includes(platform) && PROCESSORS.includes(arch)) return undefined;
  return `it is tried on ${PLATFORMS.join(' and ')}, ${PROCESSORS.join(' and ')}, and this is ${platform} on ${arch}`;
}

/**
 * The package for this processor holds the whole program: no script of it has to run, and no newer Node.js is needed.
 *
 * @param folder keeps it from run to run
 * @returns its path
 */
export async function installProgram(folder: string): Promise<string> {
  const version = pinnedVersion();
  const name = `${PACKAGE}-${process.platform}-${process.arch}`;
  const prefix = join(folder, version);
  const program = join(prefix, 'node_modules', name, 'claude');
  if (!(await isWhole(program, version))) {
    mkdirSync(prefix, { recursive: true });
    const quiet = ['--ignore-scripts', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
    await run('npm', ['install', '--prefix', prefix, ...quiet, `${name}@${version}`], {
      timeout: LONGEST_INSTALL,
    });
    if (!(await isWhole(program, version))) throw new Error(`${program} is not Claude Code ${version}`);
  }
  return program;
}

async function isWhole(program: string, version: string): Promise<boolean> {
  if (!existsSync(program)) return false;
  const { stdout } = await run(program, ['--version'], { timeout: 60_000 }).catch(() => ({ stdout: '' }));
  return stdout.startsWith(`${version} `);
}
