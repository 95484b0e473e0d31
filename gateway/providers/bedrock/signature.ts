/** What proves to Bedrock who is asking: a bearer key, or AWS's Signature Version 4. */
import { hash } from 'node:crypto';
import { Sha256Node } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Logger } from '../../log';
import type { UpstreamRequest } from '../provider';
import type { BedrockAccess } from './access';
import { CredentialCache } from './credential-cache';

const SERVICE = 'bedrock';

export interface Authorization {
  /** Rejects with `provider_credentials` when there are no credentials to sign with. */
  readonly authorize: (request: UpstreamRequest) => UpstreamRequest | Promise<UpstreamRequest>;
  /** AWS did not accept what was signed with. */
  readonly refused: () => void;
}

export function authorization({ region, credentials }: BedrockAccess, logger: Logger): Authorization {
  if (credentials.kind === 'bearer') {
    const bearer = { authorization: `Bearer ${credentials.token}` };
    return {
      authorize: (request) => ({ ...request, headers: { ...request.headers, ...bearer } }),
      refused: () => {},
    };
  }
  const cache = new CredentialCache(credentials.source, logger);
  const signer = new SignatureV4({
    service: SERVICE,
    region,
    credentials: () => cache.get(),
    sha256: Sha256Node,
  });
  return {
    async authorize(request) {
      const { protocol, hostname, host } = new URL(request.origin);
      const signed = await signer.sign({
        method: 'POST',
        protocol,
        hostname,
        path: request.path,
        query: {},
        headers: {
          ...request.headers,
          host,
          // Hashed here, as text: the library would make two copies of the body first.
          'x-amz-content-sha256': hash('sha256', request.body),
        },
        body: request.body,
      });
      return { ...request, headers: signed.headers };
    },
    refused: () => cache.discard(),
  };
}
