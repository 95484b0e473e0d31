/** Asks each provider once whether it takes the key, before anything is built. */
import { request } from 'undici';
import { CliError } from '../terminal/fault';
import { bedrockUrl, signedQuestion, type BedrockQuestion } from './bedrock-question';
import { isSkewed } from './host-checks';
import type { Secrets } from './secrets';

const PATIENCE_MS = 20_000;
/** As the gateway sends it. */
const ANTHROPIC_VERSION = '2023-06-01';
const ANTHROPIC = 'https://api.anthropic.com';

export interface Question {
  readonly provider: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  /** Variable of the environment that gives another key. */
  readonly variable: string;
  /** By which it is signed, when it is asked. @default - the headers are all there is */
  readonly bedrock?: BedrockQuestion;
}

/** The provider does not know the key. */
export class KeyRefused extends CliError {
  constructor(
    message: string,
    /** Variable of the environment that gives another one. */
    readonly variable: string,
  ) {
    super(message);
  }
}

export interface ProviderClock {
  /** Seconds by which the provider's clock is ahead of ours. @default - it did not say */
  readonly aheadSeconds?: number;
}

/** In the place of a variable: the credentials are the instance's own. */
export const INSTANCE_ROLE = 'AWS_INSTANCE_CREDENTIALS';

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');

/**
 * @param settings the gateway's, by their variables
 * @param bedrockModel by its id there. @default - Bedrock serves none
 */
export function questionsFor(
  secrets: Secrets,
  settings: Readonly<Record<string, string>>,
  bedrockModel?: string,
): Question[] {
  const questions: Question[] = [];
  const anthropic = secrets['anthropic_api_key'];
  if (anthropic)
    questions.push({
      provider: 'Anthropic',
      url: `${withoutSlash(settings['ANTHROPIC_BASE_URL'] ?? ANTHROPIC)}/v1/models?limit=1`,
      headers: { 'x-api-key': anthropic, 'anthropic-version': ANTHROPIC_VERSION },
      variable: 'ANTHROPIC_API_KEY',
    });
  questions.push(...bedrockQuestion(secrets, settings, bedrockModel));
  for (const [name, { base_url: url, api_key: key }] of endpointsIn(secrets['openai_compatible_endpoints']))
    questions.push({
      provider: name,
      url: `${withoutSlash(url)}/models`,
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
      variable: 'OPENAI_COMPATIBLE_ENDPOINTS',
    });
  return questions;
}

function bedrockQuestion(
  secrets: Secrets,
  settings: Readonly<Record<string, string>>,
  model: string | undefined,
): Question[] {
  const { aws_access_key_id: id, aws_secret_access_key: secret, aws_bearer_token_bedrock: token } = secrets;
  const isInstance = [
    secrets['aws_instance_credentials'],
    settings['GATEWAY_AWS_INSTANCE_CREDENTIALS'],
  ].includes('true');
  const credentials: BedrockQuestion['credentials'] | undefined = token
    ? { kind: 'bearer', token }
    : id && secret
      ? { kind: 'key', id, secret }
      : isInstance
        ? { kind: 'instance' }
        : undefined;
  // What the program leaves open is a reference in the stack.
  const region = secrets['aws_region'] || settings['AWS_REGION'] || '';
  if (credentials === undefined || region === '' || model === undefined) return [];
  const base = withoutSlash(settings['AWS_ENDPOINT_URL_BEDROCK_RUNTIME'] ?? bedrockUrl(region));
  return [
    {
      provider: 'Bedrock',
      url: `${base}/model/${encodeURIComponent(model)}/invoke`,
      headers: {},
      variable: token ? 'AWS_BEARER_TOKEN_BEDROCK' : id && secret ? 'AWS_ACCESS_KEY_ID' : INSTANCE_ROLE,
      bedrock: { region, model, credentials },
    },
  ];
}

interface Endpoint {
  readonly base_url: string;
  readonly api_key?: string;
}

function endpointsIn(text: string | undefined): [string, Endpoint][] {
  if (!text) return [];
  const broken = new CliError(
    'OPENAI_COMPATIBLE_ENDPOINTS must be JSON {"name": {"base_url": "https://…/v1", "api_key": "…"}}, and it is not.',
  );
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw broken;
  }
  if (read === null || typeof read !== 'object' || Array.isArray(read)) throw broken;
  return Object.entries(read).map(([name, endpoint]) => {
    const { base_url: url, api_key: key } = (endpoint ?? {}) as Partial<Record<keyof Endpoint, unknown>>;
    if (typeof url !== 'string' || !URL.canParse(url)) throw broken;
    if (key !== undefined && (typeof key !== 'string' || /[^\x21-\x7e]/.test(key))) throw broken;
    return [name, { base_url: url, ...(typeof key === 'string' && { api_key: key }) }];
  });
}

/** @throws KeyRefused; CliError when the provider is not reached */
export async function checkProvider(question: Question, stop: AbortSignal): Promise<ProviderClock> {
  const { provider, url, headers, variable, bedrock } = question;
  if (Object.values(headers).some((value) => /[^\x20-\x7e]/.test(value)))
    throw new CliError(`The key in ${variable} holds what no key holds: copy it anew.`);
  const { origin } = new URL(url);
  let answer;
  try {
    const signed = bedrock && { method: 'POST' as const, ...(await signedQuestion(url, bedrock)) };
    answer = await request(url, {
      headers,
      ...signed,
      signal: AbortSignal.any([stop, AbortSignal.timeout(PATIENCE_MS)]),
    });
  } catch (fault) {
    stop.throwIfAborted();
    const { code, message } = fault as NodeJS.ErrnoException;
    throw new CliError(
      `${provider} is not reached at ${origin} (${code ?? message}): let this host out to it, or leave the check out by --skip-provider-check.`,
    );
  }
  await answer.body.dump({ limit: 64 * 1024 });
  const { statusCode } = answer;
  const date = Date.parse(String(answer.headers['date'] ?? ''));
  const clock = Number.isNaN(date) ? {} : { aheadSeconds: (date - Date.now()) / 1000 };
  // A signature of another time is refused as a wrong key is.
  if (bedrock !== undefined && clock.aheadSeconds !== undefined && isSkewed(clock.aheadSeconds)) return clock;
  if (statusCode === 401 || statusCode === 403)
    throw new KeyRefused(refusalOf(question, statusCode, answer.headers['x-amzn-errortype']), variable);
  if (statusCode >= 500)
    throw new CliError(
      `${provider} is in trouble at ${origin} (${statusCode}): try again later, or leave the check out by --skip-provider-check.`,
    );
  return clock;
}

function refusalOf({ provider, variable, bedrock }: Question, status: number, type: unknown): string {
  // `AccessDeniedException:http://…`: the key is one, and has no leave; every other name means that it is none.
  const named = typeof type === 'string' ? /^\w{1,80}/.exec(type)?.[0] : undefined;
  const reason = named === undefined ? `${status}` : `${status}, ${named}`;
  if (variable === INSTANCE_ROLE)
    return `${provider} refuses this instance's role (${reason}): let it do bedrock:InvokeModel and bedrock:InvokeModelWithResponseStream.`;
  const leave =
    bedrock === undefined
      ? ''
      : ' It needs leave for bedrock:InvokeModel and bedrock:InvokeModelWithResponseStream.';
  return `${provider} refuses the key (${reason}): give another one by ${variable} or ${variable}_FILE, or run this again to be asked for it.${leave}`;
}
