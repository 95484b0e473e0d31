/** The environment variables of the provider Bedrock: AWS's own, by the names and meanings its clients give them. */
import { optional, variable } from './variable';
import { credential, flag, headerValue, text, url } from './variable-values';

function parseRegion(value: string): string {
  // It becomes part of a host name.
  if (!/^[a-z]{2,}(-[a-z]+)+-\d{1,2}$/.test(value))
    throw new Error(`must be the name of an AWS region, for example us-east-1, not "${value}"`);
  return value;
}

function parseCredentialsPath(value: string): string {
  if (!/^\/[\x21-\x7e]*$/.test(value)) throw new Error('must be a path that starts with /');
  return value;
}

/** Hosts that may be asked in the clear, since they are the machine itself: those of AWS's own clients. */
const CREDENTIAL_HOSTS =
  /^(localhost|127(\.\d{1,3}){3}|\[::1\]|169\.254\.170\.2|169\.254\.170\.23|\[fd00:ec2::23\])$/;

function parseCredentialsUrl(value: string): string {
  const parsed = URL.canParse(value) ? new URL(value) : undefined;
  const isPrivate = parsed?.protocol === 'http:' && CREDENTIAL_HOSTS.test(parsed.hostname);
  if (parsed?.protocol !== 'https:' && !isPrivate)
    throw new Error(
      'must be an https URL, or an http one of this machine or of the credential service of ECS or EKS',
    );
  return value;
}

export const AWS_VARIABLES = {
  awsRegion: optional({
    name: 'AWS_REGION',
    aliases: ['AWS_DEFAULT_REGION'],
    parse: parseRegion,
    meaning:
      'Region of the provider Bedrock, which is served when a region and one of the credentials below are set; the first of them counts.',
  }),
  bedrockToken: optional({
    name: 'AWS_BEARER_TOKEN_BEDROCK',
    secret: true,
    parse: credential,
    meaning: 'Bedrock: API key.',
  }),
  awsAccessKeyId: optional({
    name: 'AWS_ACCESS_KEY_ID',
    secret: true,
    parse: credential,
    meaning: 'Bedrock: access key id; AWS_SECRET_ACCESS_KEY belongs to it.',
  }),
  awsSecretAccessKey: optional({
    name: 'AWS_SECRET_ACCESS_KEY',
    secret: true,
    parse: headerValue,
    meaning: 'Bedrock: secret access key.',
  }),
  awsSessionToken: optional({
    name: 'AWS_SESSION_TOKEN',
    secret: true,
    parse: credential,
    meaning: 'Bedrock: session token, when the access key is a temporary one.',
  }),
  awsContainerRelativeUri: optional({
    name: 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    parse: parseCredentialsPath,
    meaning: "Bedrock: path of a container's credentials, as ECS sets it.",
  }),
  awsContainerFullUri: optional({
    name: 'AWS_CONTAINER_CREDENTIALS_FULL_URI',
    parse: parseCredentialsUrl,
    meaning: "Bedrock: URL of a container's credentials, as EKS sets it.",
  }),
  awsContainerToken: optional({
    name: 'AWS_CONTAINER_AUTHORIZATION_TOKEN',
    secret: true,
    parse: headerValue,
    meaning: "Bedrock: what is sent to a container's credentials URL as `authorization`.",
  }),
  awsContainerTokenFile: optional({
    name: 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
    parse: text,
    meaning: 'Bedrock: file that holds the same, read anew each time.',
  }),
  awsInstanceCredentials: variable({
    name: 'GATEWAY_AWS_INSTANCE_CREDENTIALS',
    fallback: false,
    parse: flag,
    meaning:
      "Bedrock: whether to ask EC2's metadata service for the instance's credentials (IMDSv2; AWS_EC2_METADATA_SERVICE_ENDPOINT moves it). It is never asked otherwise.",
  }),
  bedrockUrl: optional({
    name: 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME',
    parse: url(['http', 'https']),
    unset: "the region's public endpoint",
    meaning: 'Where Bedrock answers.',
  }),
} as const;
