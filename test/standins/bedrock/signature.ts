/** Checks who asks: AWS's Signature Version 4 recomputed over the bytes that came, or a bearer key. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface SignedCall {
  readonly method: string;
  /** As it came, percent signs and all. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface KnownKey {
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

export interface Refused {
  readonly type: string;
  readonly message: string;
}

/** Milliseconds that a signature may be old, or early. */
const SKEW_MS = 5 * 60_000;
const SERVICE = 'bedrock';
const FORM =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;

const sha256 = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: Buffer | string, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** RFC 3986: all but the unreserved characters. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** @returns why AWS would refuse the call, or undefined */
export function refusedSignature(
  call: SignedCall,
  region: string,
  keyOf: (accessKeyId: string) => KnownKey | undefined,
): Refused | undefined {
  const { headers } = call;
  const match = FORM.exec(headers.authorization ?? '');
  if (!match) return { type: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' };
  const [, accessKeyId = '', day = '', inRegion = '', service = '', names = '', signature = ''] = match;
  const key = keyOf(accessKeyId);
  const token = headers['x-amz-security-token'];
  if (!key || key.sessionToken !== token)
    return {
      type: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    };
  if (key.expires <= Date.now())
    return {
      type: 'ExpiredTokenException',
      message: 'The security token included in the request is expired',
    };
  const date = String(headers['x-amz-date']);
  const signed = names.split(';');
  const needed = ['host', 'x-amz-date', ...(token === undefined ? [] : ['x-amz-security-token'])];
  const missing = needed.find((name) => !signed.includes(name));
  if (missing) return invalid(`'${missing}' must be a 'SignedHeader' in the AWS Authorization.`);
  if (inRegion !== region || service !== SERVICE)
    return invalid(`Credential should be scoped to a valid region and to service '${SERVICE}'.`);
  const at = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!date.startsWith(day) || !(Math.abs(Date.now() - at) < SKEW_MS))
    return invalid(`Signature not yet current or expired: ${date}`);
  const canonical = canonicalRequest(call, signed);
  if (headers['x-amz-content-sha256'] !== undefined && headers['x-amz-content-sha256'] !== sha256(call.body))
    return invalid('The value passed in as x-amz-content-sha256 does not match what was computed.');
  const scope = `${day}/${inRegion}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  const signingKey = [day, inRegion, service, 'aws4_request'].reduce<Buffer | string>(
    hmac,
    `AWS4${key.secretAccessKey}`,
  );
  if (timingSafeEqual(hmac(signingKey, toSign), Buffer.from(signature, 'hex'))) return undefined;
  // AWS answers with all that was signed, so that people find their mistake.
  return invalid(
    `The request signature we calculated does not match the signature you provided.\n\nThe Canonical String for this request should have been\n'${canonical}'\n\nThe String-to-Sign should have been\n'${toSign}'\n`,
  );
}

const invalid = (message: string): Refused => ({ type: 'InvalidSignatureException', message });

function canonicalRequest({ method, path, headers, body }: SignedCall, signed: readonly string[]): string {
  const [pathname = '/', query = ''] = path.split('?');
  return [
    method,
    // Encoded a second time, as everywhere but in S3.
    pathname.split('/').map(encode).join('/'),
    query.split('&').sort().join('&'),
    ...signed.map((name) => `${name}:${String(headers[name]).trim().replace(/\s+/g, ' ')}`),
    '',
    signed.join(';'),
    sha256(body),
  ].join('\n');
}
