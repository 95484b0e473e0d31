/**
 * What the gateway is held against, in a process of its own. `bare` hands request and answer through as they come and
 * looks at nothing. `json` does the least of what reading them takes: it parses the request and whatever is JSON in
 * the answer, and writes it anew.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, type Dispatcher } from 'undici';
import { answerQuestions, cpuMicros } from './parent';

const [kind, upstream = ''] = process.argv.slice(2);
const agent = new Agent({ pipelining: 1 });

type Handler = Dispatcher.DispatchHandler;

const dispatch = (request: IncomingMessage, body: IncomingMessage | string, handler: Handler): void => {
  const length = typeof body === 'string' ? Buffer.byteLength(body) : request.headers['content-length'];
  agent.dispatch(
    {
      origin: upstream,
      path: request.url ?? '/',
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': String(length) },
      body,
    },
    handler,
  );
};

const contentType = (headers: Record<string, string | string[] | undefined>): string =>
  String(headers['content-type']);

function pipe(request: IncomingMessage, response: ServerResponse): void {
  dispatch(request, request, {
    onRequestStart() {},
    onResponseStart(controller, status, headers) {
      response.on('drain', () => controller.resume());
      const { 'content-length': length } = headers;
      response.writeHead(status, {
        'content-type': contentType(headers),
        ...(length && { 'content-length': String(length) }),
      });
    },
    onResponseData(controller, chunk) {
      if (!response.write(chunk)) controller.pause();
    },
    onResponseEnd: () => void response.end(),
    onResponseError: () => void response.destroy(),
  });
}

function rewrite(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = JSON.stringify(JSON.parse(Buffer.concat(chunks).toString('utf8')));
    dispatch(request, body, rewriter(response));
  });
}

function rewriter(response: ServerResponse): Handler {
  let isStream = false;
  let rest = '';
  const whole: Buffer[] = [];
  return {
    onRequestStart() {},
    onResponseStart(controller, status, headers) {
      response.on('drain', () => controller.resume());
      isStream = contentType(headers).startsWith('text/event-stream');
      if (isStream) response.writeHead(status, { 'content-type': contentType(headers) });
    },
    onResponseData(controller, chunk) {
      if (!isStream) return void whole.push(chunk);
      const lines = (rest + chunk.toString('utf8')).split('\n');
      rest = lines.pop() ?? '';
      let out = '';
      for (const line of lines)
        out += line.startsWith('data: ')
          ? `data: ${JSON.stringify(JSON.parse(line.slice(6)))}\n`
          : `${line}\n`;
      if (out !== '' && !response.write(out)) controller.pause();
    },
    onResponseEnd() {
      if (isStream) return void response.end();
      const text = JSON.stringify(JSON.parse(Buffer.concat(whole).toString('utf8')));
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      });
      response.end(text);
    },
    onResponseError: () => void response.destroy(),
  };
}

const server = createServer(kind === 'json' ? rewrite : pipe).listen(0, '127.0.0.1', () => {
  answerQuestions(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    cpu: cpuMicros,
    close: () => process.exit(0),
  });
});
