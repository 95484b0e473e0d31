/** Docker's engine by its own interface, as Terraform's provider speaks with it. */
import { request } from 'node:http';

const VERSION = 'v1.41';

export interface EngineAnswer {
  readonly status: number;
  readonly body: string;
}

const socketPath = (): string =>
  (process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace('unix://', '');

/** @returns the answer, whatever its status */
export function ask(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<EngineAnswer> {
  const bytes = Buffer.isBuffer(body)
    ? body
    : body === undefined
      ? undefined
      : Buffer.from(JSON.stringify(body));
  return new Promise((resolve, reject) => {
    const headers = {
      ...(bytes && {
        'content-type': Buffer.isBuffer(body) ? 'application/x-tar' : 'application/json',
        'content-length': bytes.length,
      }),
    };
    const asked = request(
      { socketPath: socketPath(), method, path: `/${VERSION}${path}`, headers },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.once('error', reject);
        answer.once('end', () =>
          resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
        );
      },
    );
    asked.once('error', reject);
    asked.end(bytes);
  });
}

/** @throws with the engine's own words */
export async function askOrThrow<Answer>(...asked: Parameters<typeof ask>): Promise<Answer> {
  const { status, body } = await ask(...asked);
  if (status >= 400) throw new Error(`${asked[0]} ${asked[1]}: ${status} ${body.slice(0, 1_000)}`);
  return (body.startsWith('{') || body.startsWith('[') ? JSON.parse(body) : body) as Answer;
}

/** A tar archive with one file of root's. */
export function tarOf(path: string, content: Buffer, mode: number): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;
  header.write(path.replace(/^\//, ''), 0);
  header.write(octal(mode, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(content.length, 12), 124);
  header.write(octal(0, 12), 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\0' + '00', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return Buffer.concat([header, content, padding, Buffer.alloc(1024)]);
}
