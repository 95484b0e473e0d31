/**
 * Reads OpenAI's flat list of messages into system text and alternating turns.
 *
 * What Anthropic refuses and OpenAI does not is mended here: several messages of one side in a row, tool calls
 * without a result, results without a call, ids used twice, blank text.
 */
import { GatewayError } from '../../errors';
import type { ContentBlock, TextBlock, ToolResultBlock, ToolUseBlock, Turn } from '../../model/request';
import { invalid, list, object, optionalText, text, type Fields } from '../fields';
import { readContent, readMark, readText } from './read-content';

export interface Conversation {
  readonly system: TextBlock[];
  readonly turns: Turn[];
}

const ROLES = '"system", "developer", "user", "assistant", "tool" or "function"';
const EMPTY_MESSAGE = '(empty message)';
const NO_RESULT = '(no result was recorded for this call)';

export function readMessages(messages: readonly unknown[]): Conversation {
  const reader = new ConversationReader();
  messages.forEach((entry, index) => reader.read(`messages[${index}]`, entry));
  return reader.finish();
}

class ConversationReader {
  readonly #system: TextBlock[] = [];
  readonly #turns: Turn[] = [];
  readonly #usedIds = new Set<string>();
  /** Calls of the latest assistant turn that have no result yet: the client's id and ours. */
  #open: { asked: string; block: ToolUseBlock }[] = [];

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
        return this.#readResult(param, message, text(`${param}.tool_call_id`, message['tool_call_id']));
      case 'function':
        return this.#readResult(param, message, this.#idOfFunction(message));
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
      this.#turns.unshift({
        role: 'user',
        content: [{ type: 'text', text: '(earlier messages are left out)' }],
      });
    trimPrefill(this.#turns);
    return { system: this.#system, turns: this.#turns };
  }

  #readSystem(param: string, message: Fields): void {
    const blocks = readText(`${param}.content`, message['content']);
    markLast(blocks, message);
    this.#system.push(...blocks);
  }

  #readUser(param: string, message: Fields): void {
    const blocks: ContentBlock[] = readContent(`${param}.content`, message['content']);
    if (blocks.length === 0) blocks.push({ type: 'text', text: EMPTY_MESSAGE });
    markLast(blocks, message);
    this.#turn('user').push(...blocks);
  }

  #readAssistant(param: string, message: Fields): void {
    const blocks: ContentBlock[] = readText(`${param}.content`, message['content']);
    const calls = readCalls(param, message).map((call) => this.#toolUse(call));
    if (blocks.length + calls.length === 0) return;
    const content = this.#turn('assistant');
    blocks.push(...calls.map(({ block }) => block));
    markLast(blocks, message);
    content.push(...blocks);
    this.#open.push(...calls);
  }

  #readResult(param: string, message: Fields, id: string): void {
    const content = readContent(`${param}.content`, message['content']);
    const index = this.#open.findIndex(({ asked }) => asked === id);
    const user = this.#turn('user');
    const call = this.#open[index];
    if (call === undefined) {
      // A result nobody asked for is refused by the provider; what it says need not get lost.
      if (content.length > 0)
        user.push({ type: 'text', text: 'Result of an earlier tool call:' }, ...content);
      else user.push({ type: 'text', text: EMPTY_MESSAGE });
      return;
    }
    this.#open.splice(index, 1);
    const mark = readMark(message['cache_control']);
    const result: ToolResultBlock = {
      type: 'tool_result',
      tool_use_id: call.block.id,
      ...(content.length > 0 ? { content } : {}),
      ...(mark ? { cache_control: mark } : {}),
    };
    // Results come first in a turn, text after them.
    user.splice(user.filter(({ type }) => type === 'tool_result').length, 0, result);
  }

  /** The content of the current turn of that side; a new turn when the other side spoke last. */
  #turn(role: Turn['role']): ContentBlock[] {
    const last = this.#turns.at(-1);
    if (last?.role === role) return last.content;
    if (role === 'assistant') this.#closeOpenCalls();
    const turn: Turn = { role, content: [] };
    this.#turns.push(turn);
    return turn.content;
  }

  #closeOpenCalls(): void {
    if (this.#open.length === 0) return;
    let user = this.#turns.at(-1);
    if (user?.role !== 'user') {
      user = { role: 'user', content: [] };
      this.#turns.push(user);
    }
    const results = this.#open.map(({ block }): ToolResultBlock => ({
      type: 'tool_result',
      tool_use_id: block.id,
      content: [{ type: 'text', text: NO_RESULT }],
      is_error: true,
    }));
    user.content.splice(user.content.filter(({ type }) => type === 'tool_result').length, 0, ...results);
    this.#open = [];
  }

  #toolUse(call: Call): { asked: string; block: ToolUseBlock } {
    const base = call.id.replace(/[^A-Za-z0-9_-]/g, '_') || 'call';
    let id = base;
    for (let count = 2; this.#usedIds.has(id); count += 1) id = `${base}_${count}`;
    this.#usedIds.add(id);
    const mark = readMark(call.mark);
    return {
      asked: call.id,
      block: {
        type: 'tool_use',
        id,
        name: call.name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 128) || 'unnamed',
        input: readArguments(call.arguments),
        ...(mark ? { cache_control: mark } : {}),
      },
    };
  }

  #idOfFunction(message: Fields): string {
    return this.#open.find(({ block }) => block.name === message['name'])?.asked ?? '';
  }
}

interface Call {
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
    const name = text(`${param}.function_call.name`, call['name']);
    return [{ id: `call_${name}`, name, arguments: call['arguments'], mark: undefined }];
  }
  if (calls === undefined || calls === null) return [];
  return list(`${param}.tool_calls`, calls).map((entry, index) => {
    const place = `${param}.tool_calls[${index}]`;
    const call = object(place, entry);
    const definition = object(`${place}.function`, call['function']);
    return {
      id: text(`${place}.id`, call['id']),
      name: text(`${place}.function.name`, definition['name']),
      arguments: definition['arguments'],
      mark: call['cache_control'],
    };
  });
}

/** A call's arguments as an object. Models write what is no JSON at times; the conversation has to go on. */
function readArguments(value: unknown): Record<string, unknown> {
  const written =
    optionalText('arguments', typeof value === 'object' ? JSON.stringify(value ?? {}) : value) ?? '';
  if (written.trim() === '') return {};
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
function markLast(blocks: ContentBlock[], message: Fields): void {
  const mark = readMark(message['cache_control']);
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
