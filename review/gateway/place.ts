/** Where the gateway is, and the key for it: as a workspace and a CI machine have them. Nothing else is ever asked. */
import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../terminal/fault';

export interface Place {
  /** Origin, without a closing slash. */
  readonly url: string;
  readonly key: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const LONGEST_FILE = 4_096;

export const PLACE_NOTES = `Environment:
  AI_GATEWAY_URL            where the gateway is (also read: OPENAI_API_BASE, OPENAI_BASE_URL)
  OPENAI_API_KEY            a key of the gateway, best of the scope ci or agent:review (also read: LITELLM_API_KEY)
  AI_GATEWAY_KEY_FILE       a file with it, in the place of a variable
  AI_MODEL                  the model that reviews, where --model names none
In a workspace, what the set-up has noted in ~/.config/ai-gateway is taken where no variable says it.`;

/** @throws UsageError that names the variable */
export function findPlace(environment: Environment, home: string = homedir()): Place {
  return { url: findUrl(environment, home), key: findKey(environment, home) };
}

function findUrl(environment: Environment, home: string): string {
  const from = ['AI_GATEWAY_URL', 'OPENAI_API_BASE', 'OPENAI_BASE_URL'].find((name) => environment[name]);
  const text = from === undefined ? noted(home, 'gateway') : environment[from];
  if (text === undefined || text === '')
    throw new UsageError(
      'AI_GATEWAY_URL says no gateway: set it to its address, as https://gateway.example.com.',
    );
  const url = text.trim().replace(/\/+$/, '').replace(/\/v1$/, '');
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol) || new URL(url).username !== '')
    throw new UsageError(
      `${from ?? '~/.config/ai-gateway/gateway'} must be a URL that starts with http:// or https://, without a name or password in it.`,
    );
  return url;
}

function findKey(environment: Environment, home: string): string {
  const from = ['OPENAI_API_KEY', 'LITELLM_API_KEY'].find((name) => environment[name]);
  const file = environment['AI_GATEWAY_KEY_FILE'];
  const key = from !== undefined ? environment[from] : file ? contentOf(file) : noted(home, 'key');
  if (key === undefined || key.trim() === '')
    throw new UsageError(
      'There is no key for the gateway: set OPENAI_API_KEY, or AI_GATEWAY_KEY_FILE to a file that holds one.',
    );
  if (!/^[\x21-\x7e]{1,4096}$/.test(key.trim()))
    throw new UsageError(
      `${from ?? (file ? 'AI_GATEWAY_KEY_FILE' : '~/.config/ai-gateway/key')} holds no key: it must be one word of plain letters, digits and signs.`,
    );
  return key.trim();
}

const noted = (home: string, name: string): string | undefined =>
  contentOf(join(home, '.config', 'ai-gateway', name));

function contentOf(file: string): string | undefined {
  try {
    const status = statSync(file);
    return status.isFile() && status.size <= LONGEST_FILE ? readFileSync(file, 'utf8').trim() : undefined;
  } catch {
    return undefined;
  }
}
