/** Where Bedrock answers, and by which credentials the gateway may ask it. */
import { fromHttp } from '@aws-sdk/credential-provider-http';
import { fromInstanceMetadata } from '@smithy/credential-provider-imds';
import type { Settings } from '../../config/environment';
import type { Logger } from '../../log';
import type { CredentialSource } from './credential-cache';

export type BedrockSettings = Pick<
  Settings,
  | 'awsRegion'
  | 'awsAccessKeyId'
  | 'awsSecretAccessKey'
  | 'awsSessionToken'
  | 'awsContainerRelativeUri'
  | 'awsContainerFullUri'
  | 'awsContainerToken'
  | 'awsContainerTokenFile'
  | 'awsInstanceCredentials'
  | 'bedrockToken'
  | 'bedrockUrl'
>;

export type BedrockCredentials =
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'signature'; readonly source: CredentialSource };

export interface BedrockAccess {
  readonly region: string;
  readonly url: string;
  readonly credentials: BedrockCredentials;
}

/** Milliseconds for one question to a service on the same machine. */
const QUESTION_MS = 1_000;

/**
 * Undefined: Bedrock is not configured, since region or credentials are not stated. The order is that of AWS's own
 * clients; an instance's credentials must be asked for by name, or every machine outside AWS would be looked at for a
 * metadata service that it does not have.
 */
export function bedrockAccess(settings: BedrockSettings, logger: Logger): BedrockAccess | undefined {
  const { awsRegion: region } = settings;
  const credentials = credentialsOf(settings, logger);
  if (region === undefined || credentials === undefined) return undefined;
  return { region, url: settings.bedrockUrl ?? publicUrl(region), credentials };
}

/** Whether credentials are stated, with or without a region. */
export const hasCredentials = (settings: BedrockSettings): boolean =>
  settings.bedrockToken !== undefined ||
  settings.awsAccessKeyId !== undefined ||
  settings.awsContainerRelativeUri !== undefined ||
  settings.awsContainerFullUri !== undefined ||
  settings.awsInstanceCredentials;

function credentialsOf(settings: BedrockSettings, logger: Logger): BedrockCredentials | undefined {
  const { bedrockToken: token } = settings;
  if (token !== undefined) return { kind: 'bearer', token };
  const source = keySource(settings) ?? containerSource(settings, logger) ?? instanceSource(settings, logger);
  return source ? { kind: 'signature', source } : undefined;
}

function keySource({
  awsAccessKeyId: accessKeyId,
  awsSecretAccessKey: secretAccessKey,
  awsSessionToken: sessionToken,
}: BedrockSettings): CredentialSource | undefined {
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  const keys = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  return () => Promise.resolve(keys);
}

function containerSource(settings: BedrockSettings, logger: Logger): CredentialSource | undefined {
  const { awsContainerRelativeUri: relative, awsContainerFullUri: full } = settings;
  if (relative === undefined && full === undefined) return undefined;
  // Empty is not "unset" to the library: it would look into the process's own environment.
  return fromHttp({
    awsContainerCredentialsRelativeUri: relative ?? '',
    awsContainerCredentialsFullUri: relative === undefined ? (full ?? '') : '',
    awsContainerAuthorizationToken: settings.awsContainerToken ?? '',
    awsContainerAuthorizationTokenFile: settings.awsContainerTokenFile ?? '',
    timeout: QUESTION_MS,
    maxRetries: 1,
    logger: quiet(logger),
  });
}

function instanceSource(
  { awsInstanceCredentials }: BedrockSettings,
  logger: Logger,
): CredentialSource | undefined {
  if (!awsInstanceCredentials) return undefined;
  // Version 1 answers any request that a workspace could make the gateway send.
  return fromInstanceMetadata({
    timeout: QUESTION_MS,
    maxRetries: 1,
    ec2MetadataV1Disabled: true,
    logger: quiet(logger),
  });
}

function publicUrl(region: string): string {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://bedrock-runtime.${region}.${domain}`;
}

/** Without it the libraries write to the console; what they say may hold anything, so it is left out. */
function quiet(logger: Logger) {
  const none = (): void => {};
  return {
    trace: none,
    debug: none,
    info: none,
    warn: () => logger.warn('the AWS credential service does not answer as it should'),
    error: () => logger.error('the AWS credential service does not answer as it should'),
  };
}
