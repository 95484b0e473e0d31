/** What an open stream says while there is nothing to say, so that nothing on the way takes it for dead. */
import type { ErrorDialect } from '../errors';

/** A comment, which every reader of server-sent events skips; Anthropic has an event for it. */
export const KEEP_ALIVE: Readonly<Record<ErrorDialect, string>> = {
  openai: ': keep-alive\n\n',
  anthropic: 'event: ping\ndata: {"type":"ping"}\n\n',
};
