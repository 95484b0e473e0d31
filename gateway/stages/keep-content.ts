/** Keeps a copy of what is asked, where content logging is on for the key; elsewhere it looks at nothing. */
import type { CallContext } from '../call-context';

export function keepContent(call: CallContext): void {
  call.content = call.services.contentLogging.begin(call.key);
  call.content?.ask(call.request);
}
