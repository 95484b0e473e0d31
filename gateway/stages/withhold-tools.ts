/** Design first: tools that change things are left out until there was a proposal, unless the policy says otherwise. */
import type { CallContext } from '../call-context';
import { withholdTools } from '../enforcement/withhold-tools';

export function withholdChanges(call: CallContext): void {
  const { design_first: rule } = call.directory.document;
  if (call.entitlement.level !== 'design-first' || rule?.withhold_tools === false) return;
  call.withheldTools = withholdTools(call.request);
}
