/**
 * What known clients look for in the text of an error, to take it for one that passes (they try again, in silence) or for
 * a conversation that is too long (they shorten it and try again), whatever its status says.
 *
 * Read in the programs themselves: OpenCode 1.18.33 (`packages/opencode/src/session/retry.ts` and
 * `packages/opencode/src/provider/error.ts`), Roo Code 3.52.1 and Zoo Code 3.80.0
 * (`src/core/context/context-management/context-error-handling.ts`), Claude Code 2.1.330. What they conclude from a status
 * or a header is in the table of errors.
 */

export interface PassingText {
  readonly client: string;
  readonly version: string;
  readonly takenFor: 'passing' | 'overflow';
  readonly pattern: RegExp;
}

const of = (
  client: string,
  version: string,
  takenFor: PassingText['takenFor'],
  patterns: readonly RegExp[],
): readonly PassingText[] => patterns.map((pattern) => ({ client, version, takenFor, pattern }));

export const PASSING_TEXTS: readonly PassingText[] = [
  ...of('OpenCode', '1.18.33', 'passing', [
    /429|500|502|503|504|524/i,
    /rate increased too quickly|rate limit|rate-limit|rate_limit|too many requests|too_many_requests/i,
    /overloaded|service unavailable|service_unavailable|service-unavailable/i,
    /internal error|internal_error|internal server error|server error|server_error|server-error/i,
    /provider returned error|provider_returned_error|provider-returned-error/i,
    /terminated|fetch failed|failed to fetch|network[-_\s]error|upstream connect/i,
    /connection error|connection refused|connection lost|socket connection was closed|socket hang up/i,
    /reset before headers|getaddrinfo|enotfound|eai_again|econnrefused|econnreset|etimedout/i,
    /^timeout$|\b(?:request|response|connection|network|stream|read) (?:timeout|timed out|time out)\b/i,
    /try your request again|retry your request|resource exhausted|resource_exhausted/i,
    /\btry again (?:later|in\b)|\b(?:currently|temporarily) at capacity\b/i,
    // Of what comes inside a stream.
    /exhausted|unavailable/i,
  ]),
  ...of('OpenCode', '1.18.33', 'overflow', [
    /prompt is too long|prompt too long|request_too_large|input is too long for requested model/i,
    /exceeds the context window|context window exceeds limit|exceeds the available context size/i,
    /maximum context length|greater than the context length|context[_ ]length[_ ]exceeded/i,
    /input token count|tokens in request more than max tokens allowed|maximum prompt length is/i,
    /reduce the length of the messages|maximum allowed input length|longer than the model'?s context length/i,
    /exceeds the limit of|exceeded model token limit|request entity too large|context length is only/i,
    /too large for model with|configured context size|model_context_window_exceeded|context overflow/i,
    /too many tokens|token limit exceeded/i,
  ]),
  ...of('Roo Code, Zoo Code', '3.52.1, 3.80.0', 'overflow', [
    /context length|context window|maximum context|tokens exceed|too many tokens/i,
  ]),
  ...of('Claude Code', '2.1.330', 'passing', [/overloaded_error/i]),
  ...of('Claude Code', '2.1.330', 'overflow', [/prompt is too long|exceed context limit/i]),
];
