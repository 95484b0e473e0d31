import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkHost, onThisHost } from './docker-host';

const codeOf = (name: string): string =>
  readFileSync(join(__dirname, '..', 'snapshots', name, 'workspace.tf'), 'utf8');

test.each(['contractor', 'air-gapped', 'minimal', 'contractor-workspace'])(
  '%s runs on the image and the network that the host has',
  (name) => {
    const code = onThisHost(codeOf(name));
    expect(
      [...code.matchAll(/"[^"]*(?:registry|workspaces-internal)[^"]*"/g)].map(([found]) => found),
    ).toEqual([]);
    expect(code).toContain('name         = "contractor-workspace:1"');
    expect(code).toContain('name = "coder-network"');
    expect(code.split('\n')).toHaveLength(codeOf(name).split('\n').length);
  },
);

test('an image that is built, and a network of the template, stay', () => {
  const code = `resource "docker_image" "workspace" {
  name = "own:2"
  build {
    context = "image"
  }
}
networks_advanced {
  name = docker_network.workspace[0].name
}
`;
  expect(onThisHost(code)).toBe(code);
});

test('what a host lacks is said in one list, with what to do', async () => {
  await expect(
    checkHost((...args) => (args[0]?.endsWith('version') ? Promise.resolve() : Promise.reject(new Error()))),
  ).rejects.toThrow(
    'TEST_REAL_PROVIDERS=1 needs what this machine lacks:\nthe image contractor-workspace:1: run "npm run image"\n' +
      'the network coder-network: run "docker network create coder-network"',
  );
  await expect(checkHost(() => Promise.resolve())).resolves.toBeUndefined();
  // Of an engine that is not there nothing else is known.
  await expect(
    checkHost((...args) => (args[0] === '--version' ? Promise.resolve() : Promise.reject(new Error()))),
  ).rejects.toThrow(/lacks:\na Docker engine: start one, or set DOCKER_HOST$/);
  await expect(checkHost(() => Promise.reject(new Error()))).rejects.toThrow(
    /lacks:\nthe program docker: [^\n]*$/,
  );
});
