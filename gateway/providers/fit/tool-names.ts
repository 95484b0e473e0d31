/**
 * Names of tools that a server refuses, in a form that it takes; in the answer they are what the client called them. A
 * name becomes the same each time: what a provider has cached of a conversation stays true.
 */
import { createHash } from 'node:crypto';
import type { ModelAnswer, StreamEvent } from '../../model/answer';
import { cut } from '../../model/cut';
import type { ContentBlock, ToolChoice, ToolDefinition, Turn } from '../../model/request';
import { isJsonObject, type Json } from '../messages/read-answer';
import type { Server } from './server';

/** The client's names by those that were sent. */
export type ToolNames = ReadonlyMap<string, string>;

export interface FittedNames {
  readonly turns: readonly Turn[];
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice | undefined;
  readonly toolNames: ToolNames | undefined;
  readonly dropped: readonly string[];
}

const PLAIN = /^[A-Za-z0-9_-]+$/;
/** Characters of a hash, so that two names do not become one. */
const HASH = 10;

/** The very same objects where all names are taken. */
export function fitToolNames(
  turns: readonly Turn[],
  tools: readonly ToolDefinition[],
  toolChoice: ToolChoice | undefined,
  { toolName: longest }: Server,
): FittedNames {
  if (!hasOdd(turns, tools, longest)) return { turns, tools, toolChoice, toolNames: undefined, dropped: [] };
  const names = new Map<string, string>();
  const fit = (name: string): string => {
    if (isPlain(name, longest)) return name;
    const known = names.get(name);
    if (known !== undefined) return known;
    const fitted = plainName(name, longest);
    names.set(name, fitted);
    return fitted;
  };
  const fittedTools = mapped(tools, (tool) => {
    // The name of a tool that the provider defines is the provider's.
    if (!isOwn(tool)) return tool;
    const name = fit(tool.name);
    return name === tool.name ? tool : { ...tool, name };
  });
  const fittedTurns = mapped(turns, (turn) => {
    if (turn.role !== 'assistant') return turn;
    const content = mapped(turn.content, (block): ContentBlock => {
      if (block.type !== 'tool_use') return block;
      const name = fit(block.name);
      return name === block.name ? block : { ...block, name };
    });
    return content === turn.content ? turn : { ...turn, content: [...content] };
  });
  const choice = toolChoice?.type === 'tool' ? { ...toolChoice, name: fit(toolChoice.name) } : toolChoice;
  return {
    turns: fittedTurns,
    tools: fittedTools,
    toolChoice: choice,
    toolNames: new Map([...names].map(([name, fitted]) => [fitted, name])),
    dropped: ['tools.name'],
  };
}

// bounded: `longest`
const isPlain = (name: string, longest: number): boolean => name.length <= longest && PLAIN.test(name);

/** Mostly none is, and a call is one of few tools. */
function hasOdd(turns: readonly Turn[], tools: readonly ToolDefinition[], longest: number): boolean {
  for (const tool of tools) if (isOwn(tool) && !isPlain(tool.name, longest)) return true;
  const plain = new Set<string>();
  for (const { role, content } of turns) {
    if (role !== 'assistant') continue;
    for (const block of content) {
      if (block.type !== 'tool_use' || plain.has(block.name)) continue;
      if (!isPlain(block.name, longest)) return true;
      plain.add(block.name);
    }
  }
  return false;
}

const isOwn = (tool: ToolDefinition & { readonly type?: unknown }): boolean =>
  tool.type === undefined || tool.type === null || tool.type === 'custom';

function plainName(name: string, longest: number): string {
  // Of UTF-16: in UTF-8 all halves of a character are the same.
  const hash = createHash('sha256').update(Buffer.from(name, 'utf16le')).digest('base64url').slice(0, HASH);
  return `${cut(name, longest - HASH - 1).replace(/[^A-Za-z0-9_-]/g, '_')}_${hash}`;
}

/** The very same list where nothing becomes another. */
function mapped<T>(list: readonly T[], map: (entry: T) => T): readonly T[] {
  let changed: T[] | undefined;
  list.forEach((entry, at) => {
    const other = map(entry);
    if (other !== entry) changed ??= list.slice(0, at);
    changed?.push(other);
  });
  return changed ?? list;
}

/** A streamed answer's event with the client's name in the place of the one that was sent. */
export function withClientName(event: StreamEvent, names: ToolNames): StreamEvent {
  if (event.type === 'tool-start') return { ...event, name: names.get(event.name) ?? event.name };
  if (event.type !== 'message-event' || event.name !== 'content_block_start') return event;
  const block = event.event['content_block'];
  const renamed = isJsonObject(block) ? renamedBlock(block, names) : block;
  if (renamed === block) return event;
  const changed = { ...event.event, content_block: renamed };
  return { ...event, event: changed, data: JSON.stringify(changed) };
}

/** As `withClientName`, of a whole answer. */
export function withClientNames(answer: ModelAnswer, names: ToolNames): ModelAnswer {
  const blocks = answer.blocks.map((block) =>
    block.type === 'tool_use' ? { ...block, name: names.get(block.name) ?? block.name } : block,
  );
  const { message } = answer;
  if (message === undefined) return { ...answer, blocks };
  const sent: readonly unknown[] = Array.isArray(message['content']) ? message['content'] : [];
  const content = sent.map((block) => (isJsonObject(block) ? renamedBlock(block, names) : block));
  return { ...answer, blocks, message: { ...message, content } };
}

function renamedBlock(block: Json, names: ToolNames): Json {
  const { type, name } = block;
  const own = type === 'tool_use' && typeof name === 'string' ? names.get(name) : undefined;
  return own === undefined ? block : { ...block, name: own };
}
