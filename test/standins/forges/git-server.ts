/** Git's own server for HTTP beside a platform's API: for who shows the token of the job. */
import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface GitServerProps {
  /** A repository on this machine. */
  readonly folder: string;
  /** Path of the repository in addresses. */
  readonly path: string;
  /** What the header says, decoded: `name:token`. */
  readonly login: string;
}

/** @returns whether the request was for the repository */
export const gitServer =
  (props: () => GitServerProps) =>
  (request: IncomingMessage, response: ServerResponse): boolean => {
    const { folder, path, login } = props();
    const url = new URL(request.url ?? '', 'http://localhost');
    if (!url.pathname.startsWith(`${path}/info/`) && !url.pathname.startsWith(`${path}/git-`)) return false;
    const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (Buffer.from(basic, 'base64').toString('utf8') !== login) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return true;
    }
    const child = spawn('git', ['http-backend'], {
      env: {
        PATH: process.env['PATH'],
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: '1',
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: 'safe.directory',
        GIT_CONFIG_VALUE_0: '*',
        PATH_INFO: `/.git${url.pathname.slice(path.length)}`,
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        REMOTE_USER: 'job',
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    child.stdin.on('error', () => {});
    request.pipe(child.stdin);
    const parts: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => parts.push(part));
    child.on('close', () => {
      const all = Buffer.concat(parts);
      const end = all.indexOf('\r\n\r\n');
      const headers = all
        .subarray(0, end)
        .toString('latin1')
        .split('\r\n')
        .map((line) => line.split(': ') as [string, string]);
      const status = headers.find(([name]) => name === 'Status')?.[1] ?? '200';
      response.writeHead(
        Number(status.slice(0, 3)),
        Object.fromEntries(headers.filter(([name]) => name !== 'Status')),
      );
      response.end(all.subarray(end + 4));
    });
    return true;
  };
