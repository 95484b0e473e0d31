/**
 * Serves the page about the workspace's AI on loopback. Started by ai-page; run it with --help there.
 *
 * The page is shown on Coder's own origin, beside Coder's session. So it runs no script whatever the gateway says, and a
 * script of somebody else's on that origin cannot read it: browsers say what a request is for, and no script can lie
 * about that. A page elsewhere whose name was made to lead to this machine asks under that name, which is refused.
 */
'use strict';
const { execFile } = require('node:child_process');
const { readFileSync } = require('node:fs');
const { createServer } = require('node:http');
const { isIP } = require('node:net');
const { join } = require('node:path');
const { parseArgs } = require('node:util');

const POLICY = [
  "default-src 'none'",
  "script-src 'none'",
  "style-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  'sandbox allow-same-origin',
].join('; ');
const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};
const HTML = 'text/html; charset=utf-8';
const CSS = 'text/css; charset=utf-8';
const TEXT = 'text/plain; charset=utf-8';

/** Milliseconds: what was fetched is shown again for so long, however often it is asked for. */
const KEEP_MS = { page: 3_000, style: 60_000 };
/** Milliseconds for the gateway's answer; the fetching gives up before. */
const FETCH_LIMIT_MS = 20_000;
/** Bytes of what is fetched. */
const MOST_BYTES = 4_194_304;
/** Lines until the next start: nobody takes the log away. */
const MOST_LINES = 500;

const { values: options } = parseArgs({
  options: {
    port: { type: 'string' },
    coder: { type: 'string', default: '' },
    host: { type: 'string', multiple: true, default: [] },
  },
});
const hosts = new Set(['localhost', ...options.host.map((host) => host.toLowerCase())]);
if (URL.canParse(options.coder)) hosts.add(new URL(options.coder).hostname);
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const troubleStyle = readFileSync(join(__dirname, 'trouble.css'));

let lines = 0;
function log(line) {
  lines += 1;
  if (lines < MOST_LINES) process.stdout.write(`${new Date().toISOString()} ${line}\n`);
  else if (lines === MOST_LINES) process.stdout.write('no more is told until the next start\n');
}

const escape = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** @type {Map<string, { at: number, result: Promise<object> }>} */
const kept = new Map();
let lastProblem = '';

/** @returns {Promise<{ text: string } | { problem: string, remedy: string }>} */
function fetched(what) {
  const known = kept.get(what);
  if (known !== undefined && performance.now() - known.at < KEEP_MS[what]) return known.result;
  const entry = { at: Infinity, result: fetchNow(what) };
  // Until its end everybody waits for the same one.
  void entry.result.then(({ problem }) => {
    entry.at = problem !== undefined && what === 'style' ? -Infinity : performance.now();
  });
  kept.set(what, entry);
  return entry.result;
}

function fetchNow(what) {
  return new Promise((done) => {
    const limits = { timeout: FETCH_LIMIT_MS, killSignal: 'SIGKILL', maxBuffer: MOST_BYTES };
    execFile('bash', [join(__dirname, 'fetch.sh'), what, zone], limits, (fault, stdout) => {
      if (fault === null) return done({ text: stdout });
      const [problem = '', remedy = ''] = fault.code === 1 ? stdout.split('\n', 2) : [];
      done({
        problem: problem || 'the page could not be fetched from the gateway',
        remedy: remedy || 'try again in a minute; if it stays so, run ai-doctor in a terminal',
      });
    });
  });
}

/** Why a request gets no figures; undefined: it gets them. */
function refusalOf({ headers }, isFor) {
  const { host = '', origin } = headers;
  const name = nameOf(host);
  if (name === undefined || !(hosts.has(name) || name.endsWith('.localhost') || isIP(name) > 0))
    return (
      `this page is not shown under the name "${host.slice(0, 100)}": open it by its button in Coder. ` +
      'If that is where you come from, ask your platform team to name this host in usagePage.hosts of the template.'
    );
  // No navigation and no style sheet brings an Origin; a script's request may.
  if (origin !== undefined) return 'this page is not for other pages to ask for.';
  const dest = headers['sec-fetch-dest'];
  if (dest !== undefined && dest !== 'document' && dest !== isFor)
    return 'this page is shown in a tab of its own only, and is not for scripts to read.';
  return undefined;
}

function nameOf(host) {
  if (!/^[A-Za-z0-9._:[\]-]{1,255}$/.test(host) || !URL.canParse(`http://${host}`)) return undefined;
  return new URL(`http://${host}`).hostname.replace(/^\[(.*)\]$/, '$1');
}

async function answerPage() {
  const { text, problem, remedy } = await fetched('page');
  if (problem !== lastProblem && (problem !== undefined || lastProblem !== ''))
    log(problem === undefined ? 'the page is there again' : `no page: ${problem}`);
  lastProblem = problem ?? '';
  return problem === undefined
    ? { status: 200, type: HTML, body: text }
    : { status: 503, type: HTML, body: troublePage(problem, remedy) };
}

async function answerStyle() {
  const { text, problem } = await fetched('style');
  return problem === undefined
    ? { status: 200, type: CSS, body: text }
    : { status: 503, type: TEXT, body: `${problem}\n` };
}

const troublePage = (problem, remedy) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>AI usage</title>
<link rel="stylesheet" href="trouble.css">
</head>
<body>
<main>
<h1>No figures just now</h1>
<p>${escape(problem)}.</p>
<p>What to do: ${escape(remedy)}.</p>
<p>In a terminal, ai-doctor looks at all of it. <a href="./">Look again</a></p>
</main>
</body>
</html>
`;

const PATHS = new Map([
  ['/', { isFor: 'document', answer: answerPage }],
  ['/page.css', { isFor: 'style', answer: answerStyle }],
  ['/trouble.css', { isFor: 'style', answer: () => ({ status: 200, type: CSS, body: troubleStyle }) }],
  // It tells nothing, and Coder's agent asks for it every few seconds.
  ['/healthz', { answer: () => ({ status: 200, type: TEXT, body: 'ok\n' }) }],
]);

async function answerTo(request) {
  const { method, url, headers } = request;
  if (method !== 'GET' && method !== 'HEAD')
    return { status: 405, type: TEXT, body: 'GET and HEAD only\n', more: { allow: 'GET, HEAD' } };
  if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0)
    return { status: 413, type: TEXT, body: 'no body is taken\n', more: { connection: 'close' } };
  const served = PATHS.get(url.split('?', 1)[0]);
  if (served === undefined) return { status: 404, type: TEXT, body: 'there is no such page\n' };
  const refusal = served.isFor === undefined ? undefined : refusalOf(request, served.isFor);
  if (refusal !== undefined) return { status: 403, type: TEXT, body: `${refusal}\n` };
  return served.answer();
}

const server = createServer(
  { maxHeaderSize: 32_768, headersTimeout: 5_000, requestTimeout: 10_000 },
  (request, response) => {
    response.on('error', () => {});
    answerTo(request).then(
      ({ status, type, body, more = {} }) => {
        response.writeHead(status, {
          ...HEADERS,
          'content-type': type,
          'content-length': Buffer.byteLength(body),
          ...more,
        });
        response.end(body);
      },
      (fault) => {
        log(`a request failed: ${fault instanceof Error ? fault.message : 'unknown'}`);
        response.destroy();
      },
    );
  },
);
server.maxConnections = 64;
server.keepAliveTimeout = 5_000;
server.setTimeout(60_000);
server.on('error', (fault) => {
  const isTaken = fault.code === 'EADDRINUSE';
  log(
    isTaken
      ? `port ${options.port} is taken by another program of this workspace: end that one, or let it listen elsewhere`
      : `cannot listen on port ${options.port}: ${fault.message}`,
  );
  process.exitCode = 1;
});
server.listen(Number(options.port), '127.0.0.1', () =>
  log(`the page is at http://127.0.0.1:${options.port}/`),
);
for (const signal of ['SIGTERM', 'SIGINT'])
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
  });
