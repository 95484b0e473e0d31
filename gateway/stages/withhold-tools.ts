/** Design first: tools that change things are left out until there was a proposal, unless the policy says otherwise. */
import type { CallContext } from '../call-context';
import { withholdTools } from '../enforcement/withhold-tools';
import type { Provider } from '../providers/provider';

export function withholdChanges(call: CallContext): void {
  const { design_first: rule } = call.directory.document;
  if (call.entitlement.level !== 'design-first' || rule?.withhold_tools === false) return;
  call.withheldTools = withholdTools(call.request);
  if (call.withheldTools.length === 0) return;
  // Of a history with tools at work the definitions stay, and none may be called.
  const withheld = new Set(call.withheldTools);
  call.callableTools = new Set(
    call.request.tools.map(({ name }) => name).filter((name) => !withheld.has(name)),
  );
}

/** Names of the tools whose calls the client gets to see; undefined: whichever the model calls. */
export function callableTools(call: CallContext, provider: Provider): ReadonlySet<string> | undefined {
  const answerTool = call.bodies.get(provider)?.answerTool;
  if (call.callableTools === undefined || answerTool === undefined) return call.callableTools;
  return new Set([...call.callableTools, answerTool]);
}
