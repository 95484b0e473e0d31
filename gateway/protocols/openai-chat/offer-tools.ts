/** The tools a call offers, with those its history needs. */
import type { ToolChoice, ToolDefinition, Turn } from '../../model/request';

export interface Offer {
  readonly tools: ToolDefinition[];
  readonly toolChoice?: ToolChoice;
}

/**
 * OpenAI's clients may leave the tools out while the history shows them at work, which Anthropic refuses; those
 * offered then may not be called.
 */
export function offerTools(
  tools: ToolDefinition[],
  toolChoice: ToolChoice | undefined,
  turns: readonly Turn[],
): Offer {
  if (tools.length > 0) return { tools, ...(toolChoice ? { toolChoice } : {}) };
  const seen = new Set<string>();
  for (const turn of turns)
    for (const block of turn.content) if (block.type === 'tool_use') seen.add(block.name);
  if (seen.size === 0) return { tools: [] };
  const past = [...seen].map((name) => ({
    name,
    description: 'Used earlier in this conversation; not available now.',
    input_schema: { type: 'object' },
  }));
  return { tools: past, toolChoice: { type: 'none' } };
}
