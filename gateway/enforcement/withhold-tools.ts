/**
 * Keeps tools that change things from a model that has not proposed anything yet: as long as the person has not reacted
 * to an answer in the history, what is left are tools to look with and to ask with, so that the first such answer is a
 * proposal.
 */
import type { ContentBlock, ModelRequest, ToolChoice, ToolDefinition, Turn } from '../model/request';
import { KNOWN_TOOLS, type ToolEffect } from './known-tools';
import { allPieces, asksForClient, holdsPersonsWords, isClientsAnswer, type UsedTool } from './persons-words';
import { effectOf } from './tool-effect';

/** Names of the tools that were taken out of the request, in the order they were offered. */
export function withholdTools(request: ModelRequest): readonly string[] {
  const { tools, toolChoice } = request;
  // What may not be called anyway is there for the sake of the history.
  if (tools.length === 0 || toolChoice?.type === 'none') return [];
  if (wasAnswered(request.turns)) return [];
  const effects = new Map<ToolDefinition, ToolEffect>(tools.map((tool) => [tool, effectOf(tool)]));
  const withheld = tools.filter((tool) => effects.get(tool) === 'changes');
  if (withheld.length === 0) return [];
  const left = tools.filter((tool) => effects.get(tool) !== 'changes');
  if (left.length > 0) {
    request.tools = left;
    const choice = loosen(
      toolChoice,
      left,
      left.some((tool) => effects.get(tool) === 'asks'),
    );
    if (choice) request.toolChoice = choice;
  } else if (hasToolBlocks(request.turns)) {
    // Providers refuse a history that shows tools at work while none is given.
    request.toolChoice = { type: 'none' };
  } else {
    request.tools = [];
    delete request.toolChoice;
  }
  return withheld.map(({ name }) => name);
}

/**
 * Whether the person has had an answer and reacted to it. A turn that only uses tools is no answer, unless one of them is
 * there to speak to the person; nor is one that the client asked for by itself and for itself. A turn in the person's
 * name that holds nothing but what the client writes by itself is no reaction.
 */
function wasAnswered(turns: readonly Turn[]): boolean {
  const used = new Map<string, UsedTool>();
  const left = allPieces();
  let hasAnswer = false;
  let isForClient = false;
  for (const turn of turns) {
    if (turn.role === 'assistant') {
      for (const block of turn.content)
        if (block.type === 'tool_use') used.set(block.id, { name: block.name, asks: asks(block.name) });
      hasAnswer ||= !isForClient && isAnswer(turn.content);
    } else if (turn.role === 'user') {
      if (hasAnswer && holdsPersonsWords(turn, (id) => used.get(id), left)) return true;
      isForClient = asksForClient(turn);
    }
  }
  return false;
}

function isAnswer(content: readonly ContentBlock[]): boolean {
  let hasText = false;
  let usesTools = false;
  for (const block of content) {
    if (block.type === 'text') hasText ||= block.text.trim() !== '' && !isClientsAnswer(block.text);
    if (block.type !== 'tool_use') continue;
    usesTools = true;
    if (asks(block.name)) return true;
  }
  return hasText && !usesTools;
}

/** Of a tool in the history nothing but the name is known. */
const asks = (name: string): boolean =>
  (KNOWN_TOOLS.get(name) ?? effectOf({ name, input_schema: {} })) === 'asks';

const hasToolBlocks = (turns: readonly Turn[]): boolean =>
  turns.some(({ content }) => content.some(({ type }) => type === 'tool_use' || type === 'tool_result'));

/** A choice that would force a tool which is gone, or keep the model from ever putting its proposal into words. */
function loosen(
  choice: ToolChoice | undefined,
  left: readonly ToolDefinition[],
  mayAsk: boolean,
): ToolChoice | undefined {
  const isForced =
    choice?.type === 'tool'
      ? !left.some(({ name }) => name === choice.name)
      : choice?.type === 'any' && !mayAsk;
  if (!choice || !isForced) return choice;
  const { disable_parallel_tool_use } = choice as { readonly disable_parallel_tool_use?: boolean };
  return { type: 'auto', ...(disable_parallel_tool_use === undefined ? {} : { disable_parallel_tool_use }) };
}
