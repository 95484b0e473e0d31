/** Refusals that concern the conversation: roles, their order, and what each of them may hold. */
import {
  extraField,
  first,
  isObject,
  list,
  messages,
  refuse,
  type Call,
  type Json,
  type Message,
  type Refusal,
} from './call';

/** Fields of a message beside its role. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  system: ['content', 'name'],
  user: ['content', 'name'],
  assistant: ['content', 'name', 'refusal', 'tool_calls'],
  tool: ['content', 'tool_call_id'],
};
const PART_FIELDS: Readonly<Record<string, readonly string[]>> = {
  text: ['text'],
  image_url: ['image_url'],
  file: ['file'],
};
const OF_USER = ['text', 'image_url', 'file'];

function partFault(path: string, part: unknown, allowed: readonly string[]): string | undefined {
  if (!isObject(part) || typeof part['type'] !== 'string' || !allowed.includes(part['type']))
    return `${path}.type: one of ${allowed.join(', ')}`;
  const extra = extraField(part, ['type', ...(PART_FIELDS[part['type']] ?? [])]);
  if (extra !== undefined) return `${path}.${extra}: unknown field`;
  return valueFault(path, part);
}

function valueFault(path: string, part: Json): string | undefined {
  if (part['type'] === 'text') return typeof part['text'] === 'string' ? undefined : `${path}.text: a string`;
  const held = part[part['type'] as string];
  if (!isObject(held)) return `${path}: an object`;
  if (part['type'] === 'file') {
    const isFile = /^data:[a-z]+\/[a-z0-9.+-]+;base64,./.test(String(held['file_data']));
    return isFile && typeof held['filename'] === 'string'
      ? undefined
      : `${path}.file: filename and file_data`;
  }
  return /^(https?:\/\/|data:image\/(png|jpeg|gif|webp);base64,)./.test(String(held['url']))
    ? undefined
    : `${path}.image_url.url: an address or an image`;
}

function contentFault({ path, role, fields }: Message, { thoughtsField }: Call['known']): string | undefined {
  const thoughts = role === 'assistant' && thoughtsField !== undefined ? [thoughtsField] : [];
  const extra = extraField(fields, ['role', ...(FIELDS[String(role)] ?? []), ...thoughts]);
  if (extra !== undefined) return `${path}.${extra}: unknown field`;
  const { content } = fields;
  const mayBeNull = role === 'assistant' && list(fields['tool_calls']).length > 0;
  if (content === null || content === undefined) return mayBeNull ? undefined : `${path}.content: missing`;
  if (typeof content === 'string') return undefined;
  // Only what the user says may have parts here: many servers hand everything else to a template as text.
  if (role !== 'user') return `${path}.content: a string`;
  if (list(content).length === 0) return `${path}.content: a string or a list that is not empty`;
  return first([...list(content).entries()], ([index, part]) =>
    partFault(`${path}.content[${index}]`, part, OF_USER),
  );
}

/** As DeepSeek and Moonshot say it. */
function thoughtsFault(
  { path, role, fields }: Message,
  { thoughtsField }: Call['known'],
): string | undefined {
  if (role !== 'assistant' || thoughtsField === undefined) return undefined;
  const thoughts = fields[thoughtsField];
  return typeof thoughts === 'string' && thoughts !== ''
    ? undefined
    : `Missing \`${thoughtsField}\` field in the assistant message at ${path}`;
}

function callFault({ path, fields }: Message): string | undefined {
  const { tool_calls: calls } = fields;
  if (calls === undefined) return undefined;
  if (list(calls).length === 0) return `${path}.tool_calls: not empty`;
  return first([...list(calls).entries()], ([index, call]) => {
    const place = `${path}.tool_calls[${index}]`;
    if (!isObject(call) || extraField(call, ['id', 'type', 'function']) !== undefined)
      return `${place}: id, type and function only`;
    const { id, type, function: definition } = call;
    if (typeof id !== 'string' || id === '' || id.length > 64) return `${place}.id: 1 to 64 characters`;
    if (type !== 'function' || !isObject(definition)) return `${place}: a function`;
    if (typeof definition['name'] !== 'string' || definition['name'] === '') return `${place}.function.name`;
    return argumentsFault(`${place}.function.arguments`, definition['arguments']);
  });
}

function argumentsFault(path: string, value: unknown): string | undefined {
  try {
    return typeof value === 'string' && isObject(JSON.parse(value))
      ? undefined
      : `${path}: a JSON object as text`;
  } catch {
    return `${path}: not valid JSON`;
  }
}

/** Every call has its result right behind it, and every result its call right before it. */
function orderFault(call: Call): string | undefined {
  let open = new Set<unknown>();
  const fault = first(messages(call), ({ path, role, fields }) => {
    if (role === 'tool')
      return open.delete(fields['tool_call_id'])
        ? undefined
        : `${path}: messages with role 'tool' must be a response to a preceding message with 'tool_calls'`;
    if (open.size > 0)
      return `${path}: an assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'`;
    open = new Set(list(fields['tool_calls']).map((each) => (isObject(each) ? each['id'] : undefined)));
    return undefined;
  });
  if (fault !== undefined) return fault;
  return open.size > 0 ? 'messages: tool calls without a response at the end' : undefined;
}

export const MESSAGE_REFUSALS: readonly Refusal[] = [
  refuse('messages-empty', '`messages` missing, no list, or empty.', ({ body }) =>
    list(body['messages']).length > 0 ? undefined : 'messages: at least one',
  ),
  refuse('role', 'A role other than system, user, assistant and tool.', (call) =>
    first(messages(call), ({ path, role }) =>
      typeof role === 'string' && role in FIELDS
        ? undefined
        : `${path}.role: one of ${Object.keys(FIELDS).join(', ')}`,
    ),
  ),
  refuse('system-first', 'A system message that is not the first, or a second one.', (call) =>
    first(messages(call).slice(1), ({ path, role }) =>
      role === 'system' ? `${path}: a system message must be the first` : undefined,
    ),
  ),
  refuse('user-missing', 'No message of the user.', (call) =>
    messages(call).some(({ role }) => role === 'user') ? undefined : 'messages: none is from the user',
  ),
  refuse(
    'content',
    'A field or part that a role does not have, parts outside the user’s messages, no content without tool calls.',
    (call) => first(messages(call), (message) => contentFault(message, call.known)),
  ),
  refuse(
    'thoughts-missing',
    'Where thoughts are wanted back: a message of the assistant without them, or with an empty text.',
    (call) => first(messages(call), (message) => thoughtsFault(message, call.known)),
  ),
  refuse(
    'tool-calls',
    'A tool call of another shape, or with arguments that are no JSON object as text.',
    (call) => first(messages(call), callFault),
  ),
  refuse(
    'tool-order',
    'A tool message without its call right before it, or a call without its tool message right behind it.',
    orderFault,
  ),
];
