/** Beta features that clients ask for in the `anthropic-beta` header: what each of them may bring about decides. */
import type { IncomingHttpHeaders } from 'node:http';
import { betasIn } from '../../enforcement/beyond-tokens';

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

/**
 * The betas to pass on. Those that would do too much were refused before (`enforcement/beyond-tokens`). All others go no further and are named to the client: mostly they tell which client it is.
 * A field that would need one of them is refused where fields are read.
 */
export function readBetas(headers: IncomingHttpHeaders, dropped: Set<string>): string[] {
  const passed: string[] = [];
  for (const name of betasIn(headers))
    if (Object.hasOwn(PASSED_BETAS, name)) passed.push(name);
    else dropped.add(`anthropic-beta.${name}`);
  return passed;
}
