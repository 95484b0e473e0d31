/** The OpenAI-compatible endpoints: where each answers, and with which key it is asked. */
import { didYouMean } from './did-you-mean';
import { refusePlaceholder } from './placeholder';

export interface Endpoint {
  /** As deployments of the catalog name it. */
  readonly name: string;
  /** What /chat/completions is appended to. */
  readonly baseUrl: string;
  /** Undefined: asked without one. */
  readonly apiKey: string | undefined;
}

const SHAPE = '{"name": {"base_url": "https://…/v1", "api_key": "…"}}';
const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;
const MEMBERS = ['base_url', 'api_key'];

/** Parses `{"name": {"base_url", "api_key"?}}`; messages never contain a value, which may be a key. */
export function parseEndpoints(value: string): Map<string, Endpoint> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    // The parser's own message quotes the text it stumbled over, which is secret here.
    throw new Error(`must be a JSON object ${SHAPE}, and is not valid JSON`);
  }
  if (!isObject(parsed)) throw new Error(`must be a JSON object ${SHAPE}`);
  return new Map(
    Object.entries(parsed).map(([name, endpoint]) => {
      if (!NAME.test(name))
        throw new Error(
          `names an endpoint with other characters than a-z, 0-9 and "-", or more than 32 of them; deployments of the catalog refer to it`,
        );
      return [name, parseEndpoint(name, endpoint)];
    }),
  );
}

function parseEndpoint(name: string, value: unknown): Endpoint {
  if (!isObject(value)) throw new Error(`must give endpoint "${name}" an object ${SHAPE}`);
  for (const member of Object.keys(value))
    if (!MEMBERS.includes(member)) {
      const meant = didYouMean(member, MEMBERS);
      throw new Error(
        `gives endpoint "${name}" an unknown member${meant ? `; did you mean "${meant}"?` : `: there are ${MEMBERS.join(', ')}`}`,
      );
    }
  const { base_url: baseUrl, api_key: apiKey } = value;
  const url = typeof baseUrl === 'string' && URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '')
    throw new Error(
      `must give endpoint "${name}" a base_url that starts with http:// or https:// and holds no password`,
    );
  if (url.search !== '' || url.hash !== '')
    throw new Error(`must give endpoint "${name}" a base_url without a query`);
  if (apiKey !== undefined && (typeof apiKey !== 'string' || !/^[\x21-\x7e]+$/.test(apiKey)))
    throw new Error(`must give endpoint "${name}" an api_key of visible ASCII characters, or none`);
  if (apiKey !== undefined) checkKey(name, apiKey);
  return { name, baseUrl: baseUrl as string, apiKey };
}

function checkKey(name: string, apiKey: string): void {
  try {
    refusePlaceholder(apiKey);
  } catch (fault) {
    throw new Error(`gives endpoint "${name}" an api_key that ${(fault as Error).message}`);
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
