/**
 * What Coder's server does with an app that is reached below a path, as far as an app can tell: the prefix is taken off, the
 * name that the browser asked under stays, so does every header but Coder's own cookies, and who asks from where is added.
 * An address without a slash at its end is sent to the one with it, and who is not the owner gets 404.
 *
 * https://github.com/coder/coder/blob/main/coderd/workspaceapps/proxy.go
 */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PathApps {
  /** Of the stand-in. */
  readonly url: string;
  /** Where the app is: it ends with a slash. */
  readonly prefix: string;
  close(): Promise<void>;
}

export interface PathAppOptions {
  /** Of the app, on loopback. */
  readonly port: number;
  readonly slug: string;
  /** Whose name in the cookie opens it. */
  readonly owner: string;
  /** A page of somebody else's app on the same origin: HTML. @default none */
  readonly neighbour?: string;
}

/** Coder's session; the stand-in's holds the name of the person. */
export const SESSION_COOKIE = 'coder_session_token';

export async function startPathApps({ port, slug, owner, neighbour }: PathAppOptions): Promise<PathApps> {
  const prefix = `/@${owner}/dev.main/apps/${slug}`;
  const server = createServer((asked, answer) => {
    const path = asked.url ?? '/';
    if (path === '/@eve/dev.main/apps/web/' && neighbour !== undefined)
      return void answer.writeHead(200, { 'content-type': 'text/html' }).end(neighbour);
    if (path === prefix) return void answer.writeHead(307, { location: `${prefix}/` }).end();
    const isOwner = cookiesOf(asked).includes(`${SESSION_COOKIE}=${owner}`);
    if (!path.startsWith(`${prefix}/`) || !isOwner)
      return void answer
        .writeHead(404, { 'content-type': 'text/html' })
        .end('<h1>Application Not Found</h1>');
    forward(asked, answer, port, path.slice(prefix.length));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    prefix: `${prefix}/`,
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

const cookiesOf = ({ headers }: IncomingMessage): string[] => (headers.cookie ?? '').split('; ');

function forward(asked: IncomingMessage, answer: ServerResponse, port: number, path: string): void {
  const kept = cookiesOf(asked).filter((cookie) => cookie !== '' && !cookie.startsWith('coder_'));
  const headers = { ...asked.headers, 'x-forwarded-for': asked.socket.remoteAddress ?? '' };
  delete headers.cookie;
  const forwarded = { ...headers, ...(kept.length > 0 ? { cookie: kept.join('; ') } : {}) };
  const onward = request(
    { host: '127.0.0.1', port, path, method: asked.method, headers: forwarded },
    (given) => {
      answer.writeHead(given.statusCode ?? 502, given.headers);
      given.pipe(answer);
    },
  );
  onward.on('error', () => answer.writeHead(502).end());
  asked.pipe(onward);
}
