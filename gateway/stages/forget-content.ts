/** Lets go of what was said, once it is written for the providers and weighed: the rest of the call may take minutes. */
import type { CallContext } from '../call-context';

export function forgetContent({ request }: CallContext): void {
  request.system = [];
  request.turns = [];
  request.tools = [];
}
