/** A webhook's other side: over https, with a certificate of an authority of its own; it records what it is sent. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureCertificates } from '../../../certificates/ensure';
import { platformNames } from '../../../certificates/names';
import { eventually } from './gateway';

export interface ReceivedAlert {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Of the kind json. */
  readonly json: {
    readonly id: string;
    readonly kind: string;
    readonly severity: string;
    readonly subject: string;
    readonly title: string;
    readonly facts: Readonly<Record<string, string>>;
    readonly what_to_do: string;
  };
}

/** What it answers; undefined: nothing, for ever. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

export const ok: Behaviour = (_, response) => void response.end('ok');

export interface AlertReceiver {
  readonly url: string;
  /** PEM file of the authority. */
  readonly authority: string;
  readonly certificate: { readonly cert: Buffer; readonly key: Buffer };
  /** In the order they came, whatever was answered. */
  readonly received: ReceivedAlert[];
  /** For a gateway's environment. */
  readonly env: Readonly<Record<string, string>>;
  behave(behaviour: Behaviour): void;
  /** Once there are so many of that kind. */
  of(kind: string, many?: number): Promise<ReceivedAlert[]>;
  close(): Promise<void>;
}

/** What nobody but gateway and receiver may come to see. */
export const HOOK = 'hook-c0ffee-0123456789abcdef';
export const SIGNING_SECRET = 'a-signing-secret-for-tests-0123456789';

export async function startAlertReceiver(): Promise<AlertReceiver> {
  const folder = mkdtempSync(join(tmpdir(), 'alert-receiver-'));
  const made = ensureCertificates({ folder, names: platformNames({}) });
  const certificate = {
    cert: readFileSync(made.gateway.certificate),
    key: readFileSync(made.gateway.key),
  };
  const received: ReceivedAlert[] = [];
  let behaviour = ok;
  const server = createServer(certificate, (request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const json = JSON.parse(text) as ReceivedAlert['json'];
      received.push({ path: request.url ?? '', headers: request.headers, text, json });
      behaviour(request, response);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `https://localhost:${(server.address() as AddressInfo).port}/${HOOK}`;
  return {
    url,
    authority: made.trusted,
    certificate,
    received,
    env: {
      ALERT_WEBHOOK_URL: url,
      ALERT_WEBHOOK_SECRET: SIGNING_SECRET,
      ALERT_PRIVATE_HOSTS: 'localhost',
      ALERT_CA: made.trusted,
    },
    behave: (next) => void (behaviour = next),
    of: (kind, many = 1) =>
      eventually(() => {
        const found = received.filter(({ json }) => json.kind === kind);
        return found.length >= many ? found : undefined;
      }),
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
