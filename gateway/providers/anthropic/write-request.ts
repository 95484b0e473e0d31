/** Writes a call for Anthropic's Messages API. The same members serve every place that offers it. */
import type { ModelRequest, ToolChoice, ToolDefinition } from '../../model/request';
import type { SharedBody } from '../provider';

/** Everything of the body but model, token limit and stream flag, which differ by deployment and budget. */
export function writeMembers(request: ModelRequest): SharedBody {
  const { tools, toolChoice } = offerTools(request);
  const body = {
    ...(request.system.length > 0 ? { system: request.system } : {}),
    messages: request.turns,
    ...(tools.length > 0 ? { tools } : {}),
    ...(toolChoice ? { tool_choice: toolChoice } : {}),
    ...(request.temperature !== undefined ? { temperature: request.temperature } : {}),
    ...(request.topP !== undefined ? { top_p: request.topP } : {}),
    ...(request.stopSequences.length > 0 ? { stop_sequences: request.stopSequences } : {}),
    ...(request.userId !== undefined ? { metadata: { user_id: request.userId } } : {}),
  };
  const members = JSON.stringify(body).slice(1, -1);
  return { members, bytes: Buffer.byteLength(members) };
}

/** A history that shows tools at work is refused unless tools are offered; those offered then may not be called. */
function offerTools(request: ModelRequest): { tools: readonly ToolDefinition[]; toolChoice?: ToolChoice } {
  if (request.tools.length > 0)
    return { tools: request.tools, ...(request.toolChoice ? { toolChoice: request.toolChoice } : {}) };
  const seen = new Set<string>();
  for (const turn of request.turns)
    for (const block of turn.content) if (block.type === 'tool_use') seen.add(block.name);
  if (seen.size === 0) return { tools: [] };
  const tools = [...seen].map((name) => ({
    name,
    description: 'Used earlier in this conversation; not available now.',
    input_schema: { type: 'object' },
  }));
  return { tools, toolChoice: { type: 'none' } };
}
