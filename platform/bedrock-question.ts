/** Asks Bedrock for nothing, signed as the gateway signs: an empty call costs nothing, and is refused for what it lacks. */
import { Sha256Node } from '@smithy/core/checksum';
import { fromInstanceMetadata } from '@smithy/credential-provider-imds';
import { SignatureV4 } from '@smithy/signature-v4';

export interface BedrockQuestion {
  readonly region: string;
  readonly model: string;
  readonly credentials:
    | { readonly kind: 'key'; readonly id: string; readonly secret: string }
    | { readonly kind: 'bearer'; readonly token: string }
    | { readonly kind: 'instance' };
}

const BODY = '{}';
const QUESTION_MS = 1_000;

export const bedrockUrl = (region: string): string =>
  `https://bedrock-runtime.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`;

/** @returns method, headers and body of what is asked @throws when the instance gives no credentials */
export async function signedQuestion(url: string, { region, credentials }: BedrockQuestion) {
  const { protocol, hostname, host, pathname } = new URL(url);
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  if (credentials.kind === 'bearer')
    return { headers: { ...headers, authorization: `Bearer ${credentials.token}` }, body: BODY };
  const signer = new SignatureV4({
    service: 'bedrock',
    region,
    credentials:
      credentials.kind === 'key'
        ? { accessKeyId: credentials.id, secretAccessKey: credentials.secret }
        : fromInstanceMetadata({ timeout: QUESTION_MS, maxRetries: 1, ec2MetadataV1Disabled: true }),
    sha256: Sha256Node,
  });
  const signed = await signer.sign({
    method: 'POST',
    protocol,
    hostname,
    path: pathname,
    query: {},
    headers: { ...headers, host },
    body: BODY,
  });
  return { headers: signed.headers, body: BODY };
}
