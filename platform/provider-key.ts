/** Asks each provider once whether it takes the key, before anything is built. */
import { request } from 'undici';
import { CliError } from '../terminal/fault';
import type { Secrets } from './secrets';

const PATIENCE_MS = 20_000;
/** As the gateway sends it. */
const ANTHROPIC_VERSION = '2023-06-01';
const ANTHROPIC = 'https://api.anthropic.com';

interface Question {
  readonly provider: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  /** Variable of the environment that gives another key. */
  readonly variable: string;
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

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');

/** @param settings the gateway's, by their variables */
export function questionsFor(secrets: Secrets, settings: Readonly<Record<string, string>>): Question[] {
  const questions: Question[] = [];
  const anthropic = secrets['anthropic_api_key'];
  if (anthropic)
    questions.push({
      provider: 'Anthropic',
      url: `${withoutSlash(settings['ANTHROPIC_BASE_URL'] ?? ANTHROPIC)}/v1/models?limit=1`,
      headers: { 'x-api-key': anthropic, 'anthropic-version': ANTHROPIC_VERSION },
      variable: 'ANTHROPIC_API_KEY',
    });
  for (const [name, { base_url: url, api_key: key }] of endpointsIn(secrets['openai_compatible_endpoints']))
    questions.push({
      provider: name,
      url: `${withoutSlash(url)}/models`,
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
      variable: 'OPENAI_COMPATIBLE_ENDPOINTS',
    });
  return questions;
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
export async function checkProvider(
  { provider, url, headers, variable }: Question,
  stop: AbortSignal,
): Promise<ProviderClock> {
  if (Object.values(headers).some((value) => /[^\x20-\x7e]/.test(value)))
    throw new CliError(`The key in ${variable} holds what no key holds: copy it anew.`);
  const { origin } = new URL(url);
  let answer;
  try {
    answer = await request(url, {
      headers,
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
  if (statusCode === 401 || statusCode === 403)
    throw new KeyRefused(
      `${provider} refuses the key (${statusCode}): give another one by ${variable} or ${variable}_FILE, or run this again to be asked for it.`,
      variable,
    );
  if (statusCode >= 500)
    throw new CliError(
      `${provider} is in trouble at ${origin} (${statusCode}): try again later, or leave the check out by --skip-provider-check.`,
    );
  const date = Date.parse(String(answer.headers['date'] ?? ''));
  return Number.isNaN(date) ? {} : { aheadSeconds: (date - Date.now()) / 1000 };
}
