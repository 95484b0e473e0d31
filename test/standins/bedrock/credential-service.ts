/**
 * The services on a machine of AWS's that give out credentials: a container's (`/credentials`), and an instance's
 * metadata service in its second version (`/latest/…`), which wants a token first.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { patientServer } from '../patient-server';
import type { KeyRing } from './key-ring';

const ROLES = '/latest/meta-data/iam/security-credentials/';
const ROLE = 'gateway-role';
const REGION = '/latest/meta-data/placement/region';

export interface CredentialService {
  /** Without a path. */
  readonly url: string;
  /** What a container has to send as `authorization`. */
  readonly containerToken: string;
  /** How often credentials were asked for, refusals included. */
  readonly asked: number;
  /** Milliseconds that what it gives out from now on is good for. */
  lifeMs: number;
  /** Where the instance is. */
  region: string;
  /** Whether it answers with an error. */
  isDown: boolean;
  close(): Promise<void>;
}

export async function startCredentialService(keys: KeyRing): Promise<CredentialService> {
  const containerToken = `container-${randomUUID()}`;
  const sessions = new Set<string>();
  const state = { asked: 0, lifeMs: 3_600_000, isDown: false, region: 'us-east-1' };

  function credentials(): object {
    const key = keys.issue(Date.now() + state.lifeMs);
    return {
      Code: 'Success',
      AccessKeyId: key.accessKeyId,
      SecretAccessKey: key.secretAccessKey,
      Token: key.sessionToken,
      // To the second, as AWS states it.
      Expiration: new Date(key.expires).toISOString().replace(/\.\d+Z$/, 'Z'),
    };
  }

  function answer({ method, url, headers }: IncomingMessage, response: ServerResponse): void {
    const send = (status: number, body: object | string): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
    if (method === 'PUT' && url === '/latest/api/token') {
      if (state.isDown) return send(500, '');
      const session = randomUUID();
      sessions.add(session);
      return send(200, session);
    }
    if (url === ROLES || url === ROLES + ROLE || url === REGION) {
      if (!sessions.has(String(headers['x-aws-ec2-metadata-token']))) return send(401, '');
      if (url === ROLES) return send(200, ROLE);
      if (url === REGION) return send(200, state.region);
      state.asked += 1;
      return send(200, credentials());
    }
    if (url === '/credentials') {
      state.asked += 1;
      if (state.isDown) return send(500, { message: 'no credentials today' });
      if (headers.authorization !== containerToken) return send(403, { message: 'who are you?' });
      return send(200, credentials());
    }
    send(404, '');
  }

  const server = patientServer((request, response) => {
    request.resume().once('end', () => answer(request, response));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return Object.assign(state, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    containerToken,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}
