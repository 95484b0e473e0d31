/** Writes a call for Anthropic's Messages API. The same members serve every place that offers it. */
import type { ModelRequest } from '../../model/request';
import type { SharedBody } from '../provider';

/** Everything of the body but model, token limit and stream flag, which differ by deployment and budget. */
export function writeMembers(request: ModelRequest): SharedBody {
  const { tools, toolChoice } = request;
  const body = {
    ...(request.system.length > 0 ? { system: request.system } : {}),
    messages: request.turns,
    ...(tools.length > 0 ? { tools } : {}),
    ...(toolChoice ? { tool_choice: toolChoice } : {}),
    ...(request.temperature !== undefined ? { temperature: request.temperature } : {}),
    ...(request.topP !== undefined ? { top_p: request.topP } : {}),
    ...(request.stopSequences.length > 0 ? { stop_sequences: request.stopSequences } : {}),
    ...(request.userId !== undefined ? { metadata: { user_id: request.userId } } : {}),
    ...request.ownMembers,
  };
  const members = JSON.stringify(body).slice(1, -1);
  return { members, bytes: Buffer.byteLength(members) };
}
