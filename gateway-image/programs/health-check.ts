/**
 * Whether the gateway of this container is well: ends with 0 when it answers that its store does. With an address
 * (`health-check.js https://127.0.0.1:4001`): whether the one is that is reached there.
 */
import { request as requestHttp, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';

/** Less than Docker waits: a word is better than being killed. */
const LIMIT_MS = 4_000;

function finish(fault?: string): never {
  if (fault !== undefined) process.stderr.write(`${fault}\n`);
  process.exit(fault === undefined ? 0 : 1);
}

const {
  GATEWAY_HOST: host = '',
  GATEWAY_PORT: port = '4000',
  GATEWAY_TLS_CERT: certificate = '',
} = process.env;
const {
  protocol,
  hostname,
  port: portGiven,
} = new URL(process.argv[2] ?? `${certificate === '' ? 'http' : 'https'}://x`);
const isElsewhere = process.argv[2] !== undefined;
const everywhere = ['', '0.0.0.0', '::', '[::]'];
const options: RequestOptions & { rejectUnauthorized: boolean } = {
  host: isElsewhere ? hostname : everywhere.includes(host) ? '127.0.0.1' : host,
  port: isElsewhere ? portGiven : port,
  path: '/health/readiness',
  timeout: LIMIT_MS,
  // Its certificate is for the names that others know it by.
  rejectUnauthorized: false,
};
const send = protocol === 'https:' ? requestHttps : requestHttp;
setTimeout(() => finish(`no answer within ${LIMIT_MS / 1_000} s`), LIMIT_MS);
send(options, ({ statusCode }) => finish(statusCode === 200 ? undefined : `readiness answers ${statusCode}`))
  .once('error', (fault: NodeJS.ErrnoException) => finish(fault.code ?? fault.message))
  .end();
