/** What a command line says of certificates that the site has. */
import { UsageError } from '../terminal/fault';
import type { SiteCertificates } from './ensure';
import type { SiteFiles } from './site';

export interface SiteWords {
  /** Whether something in front of Coder has its certificate. */
  readonly tlsInFront?: boolean;
  readonly coderCertificate?: string;
  readonly coderKey?: string;
  readonly gatewayCertificate?: string;
  readonly gatewayKey?: string;
  readonly siteAuthority?: string;
}

/** @throws UsageError when one of a pair is missing, or something is asked for that excludes itself */
export function siteOf(words: SiteWords): SiteCertificates | undefined {
  const coder = pair('coder', words.coderCertificate, words.coderKey);
  const gateway = pair('gateway', words.gatewayCertificate, words.gatewayKey);
  const { siteAuthority: authority } = words;
  if (words.tlsInFront && coder)
    throw new UsageError(
      '--coder-certificate and --tls-in-front exclude each other: what is in front has it.',
    );
  if (authority !== undefined && !coder && !gateway)
    throw new UsageError(
      "--site-authority is the one of the site's certificates: name them by --coder-certificate and --coder-key, or --gateway-certificate and --gateway-key.",
    );
  if (!coder && !gateway) return undefined;
  return {
    ...(coder && { coder }),
    ...(gateway && { gateway }),
    ...(authority !== undefined && { authority }),
  };
}

function pair(
  server: string,
  certificate: string | undefined,
  key: string | undefined,
): SiteFiles | undefined {
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate === undefined || key === undefined)
    throw new UsageError(
      `--${server}-certificate and --${server}-key go together, and --${server}-${key === undefined ? 'key' : 'certificate'} is missing.`,
    );
  return { certificate, key };
}
