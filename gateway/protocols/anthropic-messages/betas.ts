/** Beta features that clients ask for in the `anthropic-beta` header: what each of them may bring about decides. */
import { GatewayError } from '../../errors';

/** Passed on, since they cost nothing but tokens, which are counted. */
export const PASSED_BETAS: Readonly<Record<string, string>> = {
  'effort-2025-11-24': 'how many of the allowed tokens are spent',
  'fine-grained-tool-streaming-2025-05-14': 'how a tool call is cut into events',
  'interleaved-thinking-2025-05-14': 'thinking between tool calls, billed as output',
  'model-context-window-exceeded-2025-08-26': 'a stop reason of its own for a full context',
  'prompt-caching-2024-07-31': 'cache marks, general by now',
  'structured-outputs-2025-11-13': 'answers that follow a schema',
  'token-efficient-tools-2025-02-19': 'shorter tool calls',
};

interface RefusedBeta {
  /** What all its versions begin with. */
  readonly prefix: string;
  readonly reason: string;
}

/** Refused, since without them the call would not do what the client counts on, and with them it does too much. */
export const REFUSED_BETAS: readonly RefusedBeta[] = [
  { prefix: 'code-execution-', reason: 'it runs code at the provider' },
  { prefix: 'computer-use-', reason: 'it lets the model operate a computer' },
  { prefix: 'context-1m-', reason: 'long prompts have a price of their own' },
  { prefix: 'fast-mode-', reason: 'it has a price of its own' },
  { prefix: 'files-api-', reason: 'it keeps files at the provider' },
  { prefix: 'mcp-client-', reason: 'it lets the provider call other servers' },
  { prefix: 'skills-', reason: 'it runs code at the provider' },
  { prefix: 'web-fetch-', reason: 'it lets the provider fetch pages' },
  { prefix: 'web-search-', reason: 'it lets the provider search the web, at a price of its own' },
];

/**
 * The betas to pass on. All others go no further and are named to the client: mostly they tell which client it is.
 * A field that would need one of them is refused where fields are read.
 */
export function readBetas(header: string | string[] | undefined, dropped: Set<string>): string[] {
  const asked = new Set(
    String(header ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  );
  const passed: string[] = [];
  for (const name of asked) {
    const refused = REFUSED_BETAS.find(({ prefix }) => name.startsWith(prefix));
    if (refused)
      throw new GatewayError('request_invalid', {
        message: `anthropic-beta: ${name.slice(0, 64)} is not offered, since ${refused.reason}.`,
        param: 'anthropic-beta',
      });
    if (Object.hasOwn(PASSED_BETAS, name)) passed.push(name);
    else dropped.add(`anthropic-beta.${name}`);
  }
  return passed;
}
