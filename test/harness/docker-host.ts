/**
 * What a Docker host needs for the tests that apply a template with real providers (TEST_REAL_PROVIDERS=1): an engine that
 * DOCKER_HOST leads to, the image and the network of the template. Examples name registries that nobody has: they get the
 * image and the network of this host in their place.
 */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const IMAGE = 'contractor-workspace:1';
export const NETWORK = 'coder-network';

/** Runs docker; throws when it fails. */
type Docker = (...args: readonly string[]) => Promise<unknown>;
const docker: Docker = (...args) => promisify(execFile)('docker', [...args]);

interface Need {
  readonly what: string;
  readonly asked: readonly string[];
  readonly todo: string;
  /** Without it the rest cannot be asked for. */
  readonly isFirst?: true;
}

const NEEDS: readonly Need[] = [
  {
    what: 'the program docker',
    asked: ['--version'],
    todo: 'install the command line of Docker',
    isFirst: true,
  },
  { what: 'a Docker engine', asked: ['version'], todo: 'start one, or set DOCKER_HOST', isFirst: true },
  { what: `the image ${IMAGE}`, asked: ['image', 'inspect', IMAGE], todo: 'run "npm run image"' },
  {
    what: `the network ${NETWORK}`,
    asked: ['network', 'inspect', NETWORK],
    todo: `run "docker network create ${NETWORK}"`,
  },
];

/** @throws Error that lists what is missing, with what to do */
export async function checkHost(ask: Docker = docker): Promise<void> {
  const missing: string[] = [];
  for (const { what, asked, todo, isFirst } of NEEDS) {
    await ask(...asked).catch(() => missing.push(`${what}: ${todo}`));
    if (isFirst && missing.length > 0) break;
  }
  if (missing.length > 0)
    throw new Error(`TEST_REAL_PROVIDERS=1 needs what this machine lacks:\n${missing.join('\n')}`);
}

/** A template's code with the image and the network of this host; one that is built stays as it is. */
export const onThisHost = (code: string): string =>
  code
    .replace(/(resource "docker_image" "\w+" \{[^}]*?\bname +=\s)"[^"]*"([^{}]*\})/g, `$1"${IMAGE}"$2`)
    .replace(/(networks_advanced \{\s*name +?=\s)"[^"]*"/g, `$1"${NETWORK}"`);

/** @param folder of a template @throws Error when something is missing */
export async function readyForHost(folder: string): Promise<void> {
  await checkHost();
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.tf'))) {
    const path = join(folder, name);
    writeFileSync(path, onThisHost(readFileSync(path, 'utf8')));
  }
}
