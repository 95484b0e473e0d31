/** The provider as it describes itself, read when it is needed and anew after a while. */
import type * as OpenIdClient from 'openid-client' with { 'resolution-mode': 'import' };
import { isPrivateAddress } from '../../config/openid-variables';
import type { BoundedFetch } from './bounded-fetch';
import { loadLibrary, type Library } from './library';
import { OpenIdRefusal } from './refusal';

export interface ProviderTerms {
  readonly issuerUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface KnownProvider {
  readonly library: Library;
  readonly configuration: OpenIdClient.Configuration;
  /** As its tokens name it. */
  readonly issuer: string;
  /** Undefined: it does not list them. */
  readonly scopes: readonly string[] | undefined;
  readonly hasUserInfo: boolean;
}

/** Throws what the library throws, or an OpenIdRefusal. A description that could not be read is asked for again. */
export type Provider = () => Promise<KnownProvider>;

export interface ProviderOptions {
  readonly fetch: BoundedFetch;
  readonly now: () => Date;
  /** Milliseconds a description holds. */
  readonly freshMs: number;
}

/** Seconds that the provider's clock and ours may differ. */
export const CLOCK_TOLERANCE = 60;
/** Characters; one of them becomes the beginning of a header. */
const LONGEST_ENDPOINT = 2_048;
const NEEDED = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const;

export function createProvider(terms: ProviderTerms, options: ProviderOptions): Provider {
  let known: { readonly found: Promise<KnownProvider>; readonly until: number } | undefined;
  return () => {
    const at = options.now().getTime();
    if (known !== undefined && at < known.until) return known.found;
    // Who comes while it is asked waits for the same answer.
    const mine = { found: discover(terms, options), until: at + options.freshMs };
    known = mine;
    mine.found.catch(() => {
      if (known === mine) known = undefined;
    });
    return mine.found;
  };
}

async function discover(terms: ProviderTerms, { fetch, now }: ProviderOptions): Promise<KnownProvider> {
  const library = await loadLibrary();
  const issuer = new URL(terms.issuerUrl);
  const inTheClear = issuer.protocol === 'http:' ? [library.allowInsecureRequests] : [];
  const discovered = await library.discovery(issuer, terms.clientId, undefined, library.None(), {
    [library.customFetch]: fetch,
    execute: inTheClear,
  });
  const metadata = discovered.serverMetadata();
  // The library knows providers that speak for many issuers at once; here one is trusted, and no other.
  if (new URL(metadata.issuer).href !== issuer.href) throw new OpenIdRefusal('issuer_mismatch', 'issuer');
  for (const name of NEEDED) checkEndpoint(name, metadata[name]);
  const configuration = new library.Configuration(
    metadata,
    terms.clientId,
    {
      [library.clockTolerance]: CLOCK_TOLERANCE,
      [library.clockSkew]: Math.round((now().getTime() - Date.now()) / 1_000),
    },
    authenticationFor(library, metadata, terms.clientSecret),
  );
  configuration[library.customFetch] = fetch;
  for (const allow of inTheClear) allow(configuration);
  // By itself the library leaves the signature of what comes straight from the provider to TLS.
  library.enableNonRepudiationChecks(configuration);
  return {
    library,
    configuration,
    issuer: metadata.issuer,
    scopes: textsIn(metadata.scopes_supported),
    hasUserInfo: typeof metadata.userinfo_endpoint === 'string',
  };
}

function checkEndpoint(name: string, value: unknown): void {
  const isOne =
    typeof value === 'string' &&
    value.length <= LONGEST_ENDPOINT &&
    URL.canParse(value) &&
    isPrivateAddress(new URL(value));
  if (!isOne) throw new OpenIdRefusal('provider_answer_invalid', name);
}

/** What a provider takes that lists none: https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata */
function authenticationFor(
  library: Library,
  metadata: OpenIdClient.ServerMetadata,
  secret: string,
): OpenIdClient.ClientAuth {
  const methods = textsIn(metadata.token_endpoint_auth_methods_supported) ?? ['client_secret_basic'];
  const isBasic = methods.includes('client_secret_basic') || !methods.includes('client_secret_post');
  return isBasic ? library.ClientSecretBasic(secret) : library.ClientSecretPost(secret);
}

const textsIn = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : undefined;
