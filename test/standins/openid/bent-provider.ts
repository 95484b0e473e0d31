/**
 * Stands in for an OpenID Connect provider that does something wrong. It answers the questions of a gateway; it has no
 * pages. RFC 7517 keys, RFC 7519 tokens, made here so that they can be made wrong.
 */
import { createHmac, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { patientServer } from '../patient-server';

export type Place = 'discovery' | 'jwks' | 'token' | 'userinfo';

const PLACES: Readonly<Record<string, Place>> = {
  '/.well-known/openid-configuration': 'discovery',
  '/jwks': 'jwks',
  '/token': 'token',
  '/userinfo': 'userinfo',
};

export interface TokenRequest {
  readonly form: URLSearchParams;
  readonly authorization: string | undefined;
}

export interface BentProvider {
  readonly issuer: string;
  /** Questions by what was asked for. */
  readonly asked: Place[];
  readonly tokenRequests: TokenRequest[];
  /** Changes of what it says of itself. */
  description: Record<string, unknown>;
  /** Changes of the claims of its ID token; undefined takes one away. */
  claims: Record<string, unknown>;
  userInfo: Record<string, unknown>;
  /** Of the ID token's head. */
  alg: string;
  /** Signs with a key that is not among those it shows. */
  signsWithAnother: boolean;
  /** The nonce of the sign-in it answers. */
  nonce: string;
  /** Answers a place in its own way. */
  answers: Partial<Record<Place, (response: ServerResponse) => void>>;
  close(): Promise<void>;
}

const KEY_ID = 'first';
const makeKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 });

export async function startBentProvider(audience: string, secret: string): Promise<BentProvider> {
  const [shown, hidden] = [makeKey(), makeKey()];
  const server = patientServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const provider: BentProvider = {
    issuer,
    asked: [],
    tokenRequests: [],
    description: {},
    claims: {},
    userInfo: {},
    alg: 'RS256',
    signsWithAnother: false,
    nonce: '',
    answers: {},
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  function idToken(): string {
    const now = Math.floor(Date.now() / 1_000);
    const claims = {
      iss: issuer,
      aud: audience,
      sub: 'lena',
      iat: now,
      exp: now + 300,
      nonce: provider.nonce,
      preferred_username: 'lena',
      groups: ['ai-admins'],
      ...provider.claims,
    };
    const head = { alg: provider.alg, kid: KEY_ID, typ: 'JWT' };
    const signed = [head, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    return `${signed}.${signatureOf(signed)}`;
  }

  function signatureOf(signed: string): string {
    const key: KeyObject = (provider.signsWithAnother ? hidden : shown).privateKey;
    if (provider.alg === 'none') return '';
    if (provider.alg === 'HS256') return createHmac('sha256', secret).update(signed).digest('base64url');
    return createSign('sha256').update(signed).sign(key, 'base64url');
  }

  const plain: Record<Place, () => unknown> = {
    discovery: () => ({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      userinfo_endpoint: `${issuer}/userinfo`,
      ...provider.description,
    }),
    jwks: () => ({
      keys: [{ ...shown.publicKey.export({ format: 'jwk' }), kid: KEY_ID, alg: 'RS256', use: 'sig' }],
    }),
    token: () => ({ access_token: 'an-access-token', token_type: 'Bearer', id_token: idToken() }),
    userinfo: () => ({ sub: 'lena', ...provider.userInfo }),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const place = PLACES[request.url ?? ''];
    if (place === undefined) return void response.writeHead(404).end();
    provider.asked.push(place);
    const form = new URLSearchParams(await text(request));
    if (place === 'token')
      provider.tokenRequests.push({ form, authorization: request.headers.authorization });
    const bent = provider.answers[place];
    if (bent !== undefined) return bent(response);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(plain[place]()));
  }
  return provider;
}
