/** The id a client knows an answer by: the provider's own, so that it can be found again there, in the dialect's form. */

/** A server that speaks the client's own dialect has put the prefix before it already. */
export const answerId = (prefix: string, upstreamId: string): string =>
  upstreamId.startsWith(prefix) ? upstreamId : prefix + upstreamId;
