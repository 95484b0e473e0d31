/**
 * Reads OpenAI's flat list of messages into system text and alternating turns.
 *
 * What Anthropic refuses and OpenAI does not is mended here: several messages of one side in a row, tool calls
 * without a result, results without a call, ids used twice, blank text.
 */
import type { ElementAllowance } from '../../http/element-allowance';
import { GatewayError } from '../../errors';
import type { ContentBlock, TextBlock, ToolResultBlock, ToolUseBlock, Turn } from '../../model/request';
import { cut } from '../../model/cut';
import { mostOf } from '../../model/request-limits';
import { invalid, list, object, optionalText, text, type Fields } from '../fields';
import { readContent, readMark, readText } from './read-content';
import { readThoughts, readUnsigned } from './read-thoughts';

export interface Conversation {
  readonly system: TextBlock[];
  readonly turns: Turn[];
}

const ROLES = '"system", "developer", "user", "assistant", "tool" or "function"';
const EMPTY_MESSAGE = '(empty message)';
/** What Anthropic takes. */
const LONGEST_NAME = mostOf('toolName');
const NO_RESULT = '(no result was recorded for this call)';

/** @param dropped gets the names of what is left out */
export function readMessages(
  messages: readonly unknown[],
  elements: ElementAllowance,
  dropped: Set<string>,
): Conversation {
  const reader = new ConversationReader(elements, dropped);
  messages.forEach((entry, index) => reader.read(`messages[${index}]`, entry));
  return reader.finish();
}

class ConversationReader {
  readonly #system: TextBlock[] = [];
  readonly #turns: Draft[] = [];
  /** Ids given out, with the highest number added to each so far. */
  readonly #usedIds = new Map<string, number>();
  readonly #open = new OpenCalls();

  constructor(
    readonly elements: ElementAllowance,
    readonly dropped: Set<string>,
  ) {}

  read(param: string, entry: unknown): void {
    const message = object(param, entry);
    switch (message['role']) {
      case 'system':
      case 'developer':
        return this.#readSystem(param, message);
      case 'user':
        return this.#readUser(param, message);
      case 'assistant':
        return this.#readAssistant(param, message);
      case 'tool':
        return this.#readResult(param, message, this.#idOfResult(param, message));
      case 'function':
        return this.#readResult(param, message, this.#idOfFunction(param, message));
      default:
        throw invalid(`${param}.role`, ROLES, message['role']);
    }
  }

  finish(): Conversation {
    if (this.#turns.length === 0)
      throw new GatewayError('request_invalid', {
        message: "Invalid value for 'messages': expected at least one message that is not a system message.",
        param: 'messages',
      });
    this.#closeOpenCalls();
    // A conversation cut at its start may begin with an answer; the provider wants to hear the user first.
    if (this.#turns[0]?.role === 'assistant')
      this.#turns.unshift(draft('user', [{ type: 'text', text: '(earlier messages are left out)' }]));
    const turns = this.#turns.map(({ role, results, content }): Turn => ({
      role,
      content: results.concat(content),
    }));
    trimPrefill(turns);
    return { system: this.#system, turns };
  }

  #readSystem(param: string, message: Fields): void {
    const blocks = readText(`${param}.content`, message['content'], this.dropped);
    markLast(blocks, message, this.dropped);
    append(this.#system, blocks);
  }

  #readUser(param: string, message: Fields): void {
    const blocks: ContentBlock[] = readContent(`${param}.content`, message['content'], this.dropped);
    if (blocks.length === 0) blocks.push({ type: 'text', text: EMPTY_MESSAGE });
    markLast(blocks, message, this.dropped);
    append(this.#turn('user').content, blocks);
  }

  #readAssistant(param: string, message: Fields): void {
    const blocks: ContentBlock[] = readThoughts(message['thinking_blocks']);
    append(blocks, readText(`${param}.content`, message['content'], this.dropped));
    append(blocks, readText(`${param}.refusal`, message['refusal'], this.dropped));
    const calls = readCalls(param, message).map((call) => this.#toolUse(call));
    if (blocks.length + calls.length === 0) return;
    if (!blocks.some(({ type }) => type === 'thinking')) blocks.unshift(...readUnsigned(message));
    const { content } = this.#turn('assistant');
    for (const { block } of calls) blocks.push(block);
    markLast(blocks, message, this.dropped);
    append(content, blocks);
    for (const { asked, block } of calls) this.#open.add(asked, block);
  }

  #readResult(param: string, message: Fields, id: string): void {
    const content = readContent(`${param}.content`, message['content'], this.dropped);
    const call = this.#open.take(id);
    const user = this.#turn('user');
    if (call === undefined) {
      // A result nobody asked for is refused by the provider; what it says need not get lost.
      const head = content.length > 0 ? 'Result of an earlier tool call:' : EMPTY_MESSAGE;
      append(user.content, [{ type: 'text', text: head }, ...content]);
      return;
    }
    const mark = readMark(message['cache_control'], this.dropped);
    const result: ToolResultBlock = {
      type: 'tool_result',
      tool_use_id: call.id,
      ...(content.length > 0 ? { content } : {}),
      ...(mark ? { cache_control: mark } : {}),
    };
    user.results.push(result);
  }

  /** The current turn of that side; a new one when the other side spoke last. */
  #turn(role: Turn['role']): Draft {
    const last = this.#turns.at(-1);
    if (last?.role === role) return last;
    if (role === 'assistant') this.#closeOpenCalls();
    const turn = draft(role, []);
    this.#turns.push(turn);
    return turn;
  }

  #closeOpenCalls(): void {
    const open = this.#open.takeAll();
    if (open.length === 0) return;
    let user = this.#turns.at(-1);
    if (user?.role !== 'user') {
      user = draft('user', []);
      this.#turns.push(user);
    }
    for (const { id } of open) {
      const content: TextBlock[] = [{ type: 'text', text: NO_RESULT }];
      user.results.push({ type: 'tool_result', tool_use_id: id, content, is_error: true });
    }
  }

  #toolUse(call: Call): { asked: string; block: ToolUseBlock } {
    const base = call.id || 'call';
    let id = base;
    for (let number = this.#usedIds.get(base) ?? 1; this.#usedIds.has(id);) {
      number += 1;
      id = `${base}_${number}`;
      this.#usedIds.set(base, number);
    }
    this.#usedIds.set(id, 1);
    const mark = readMark(call.mark, this.dropped);
    return {
      asked: call.id,
      block: {
        type: 'tool_use',
        id,
        name: cut(call.name, LONGEST_NAME).replace(/[^A-Za-z0-9_-]/g, '_') || 'unnamed',
        input: readArguments(call.place, call.arguments, this.elements),
        ...(mark ? { cache_control: mark } : {}),
      },
    };
  }

  #idOfResult(param: string, message: Fields): string {
    return text(`${param}.tool_call_id`, message['tool_call_id'], 'toolCallId');
  }

  #idOfFunction(param: string, { name }: Fields): string {
    // Calls of the old form have no id; `readCalls` names them by their function.
    return `call_${typeof name === 'string' ? text(`${param}.name`, name, 'toolCallId') : ''}`;
  }
}

/** A turn in the making: results come first in it, whatever the order they were sent in. */
interface Draft {
  readonly role: Turn['role'];
  readonly results: ContentBlock[];
  readonly content: ContentBlock[];
}

const draft = (role: Turn['role'], content: ContentBlock[]): Draft => ({ role, results: [], content });

// One by one: a spread of a hundred thousand arguments overflows the stack.
function append<T>(target: T[], items: readonly T[]): void {
  for (const item of items) target.push(item);
}

/** Calls of the latest assistant turn that have no result yet, by the id the client gave them. */
class OpenCalls {
  readonly #calls = new Map<string, ToolUseBlock[]>();

  add(asked: string, block: ToolUseBlock): void {
    const same = this.#calls.get(asked);
    if (same) same.push(block);
    else this.#calls.set(asked, [block]);
  }

  /** A call of that id, the latest first. */
  take(asked: string): ToolUseBlock | undefined {
    const same = this.#calls.get(asked);
    const call = same?.pop();
    if (same?.length === 0) this.#calls.delete(asked);
    return call;
  }

  takeAll(): ToolUseBlock[] {
    const all = [...this.#calls.values()].flat();
    this.#calls.clear();
    return all;
  }
}

interface Call {
  /** Where its arguments are, for the error that names them. */
  readonly place: string;
  readonly id: string;
  readonly name: string;
  readonly arguments: unknown;
  readonly mark: unknown;
}

function readCalls(param: string, message: Fields): Call[] {
  const calls = message['tool_calls'];
  const legacy = message['function_call'];
  if (legacy !== undefined && legacy !== null) {
    const call = object(`${param}.function_call`, legacy);
    const name = text(`${param}.function_call.name`, call['name'], 'toolCallId');
    const place = `${param}.function_call.arguments`;
    return [{ place, id: `call_${name}`, name, arguments: call['arguments'], mark: undefined }];
  }
  if (calls === undefined || calls === null) return [];
  return list(`${param}.tool_calls`, calls, 'parts').map((entry, index) => {
    const place = `${param}.tool_calls[${index}]`;
    const call = object(place, entry);
    const definition = object(`${place}.function`, call['function']);
    return {
      place: `${place}.function.arguments`,
      id: text(`${place}.id`, call['id'], 'toolCallId'),
      name: text(`${place}.function.name`, definition['name']),
      arguments: definition['arguments'],
      mark: call['cache_control'],
    };
  });
}

/** A call's arguments as an object. Models write what is no JSON at times; the conversation has to go on. */
function readArguments(place: string, value: unknown, elements: ElementAllowance): Record<string, unknown> {
  const written = optionalText(place, typeof value === 'object' ? JSON.stringify(value ?? {}) : value) ?? '';
  if (written.trim() === '') return {};
  elements.take(written, place);
  try {
    const parsed: unknown = JSON.parse(written);
    if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed))
      return parsed as Record<string, unknown>;
  } catch {
    // Falls through to the text itself.
  }
  return { arguments: written };
}

// OpenCode puts the mark beside the content, the provider wants it on a block.
function markLast(blocks: ContentBlock[], message: Fields, dropped: Set<string>): void {
  const mark = readMark(message['cache_control'], dropped);
  const last = blocks.at(-1);
  if (mark && last) last.cache_control = mark;
}

/** The provider refuses an answer to continue from that ends in blanks. */
function trimPrefill(turns: Turn[]): void {
  const last = turns.at(-1);
  const block = last?.content.at(-1);
  if (last?.role !== 'assistant' || block?.type !== 'text') return;
  last.content[last.content.length - 1] = { ...block, text: block.text.trimEnd() };
}
