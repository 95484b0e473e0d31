/** What a test needs of the machine it runs on. */
import { createServer, type AddressInfo } from 'node:net';
import { runOrThrow } from '../../image/with-engine/commands';

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** A process of the engine's host: of this one, or by a container that sees all of them. */
export async function kill(pid: number, image: string): Promise<void> {
  const inContainer = ['--rm', '--pid', 'host', '--privileged', '--user', '0', '--network', 'none'];
  if (process.getuid?.() === 0) process.kill(pid, 'SIGKILL');
  else
    await runOrThrow('docker', [
      'run',
      ...inContainer,
      '--entrypoint',
      'node',
      image,
      '-e',
      `process.kill(${pid}, 9)`,
    ]);
}
