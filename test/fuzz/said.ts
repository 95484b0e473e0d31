/** Whether what a client says in members of its own choice goes on to the provider, member for member. */
import { imageTypeOf } from '../../gateway/model/image-type';
import type { ToolNames } from '../../gateway/providers/fit/tool-names';
import type { PropertyNames } from '../../gateway/providers/messages/property-names';
import type { SentBody } from './sent-body';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);

/**
 * @param parsed the client's body, in the words of its dialect
 * @param isChat whether the other body is for an endpoint that speaks OpenAI's protocol
 * @param names by which the client gets its own names of parameters and of tools back, where they were changed
 */
export function checkSaid(
  dialect: 'openai' | 'anthropic',
  parsed: unknown,
  written: SentBody,
  isChat: boolean,
  names: OwnNames = {},
): void {
  const { propertyNames = new Map<string, never>(), toolNames = new Map<string, string>() } = names;
  const sent =
    propertyNames.size + toolNames.size === 0 ? written : withOwnNames(written, propertyNames, toolNames);
  for (const [plain, own] of toolNames) checkRenamed(plain, own);
  if (!isFields(parsed)) throw new Error('a body that is no object was taken');
  same('the inputs of tools', inputsOf(dialect, parsed), inputsSent(sent));
  const schemas = schemasOf(dialect, parsed);
  // Beside the client's own there may be one that is the answer's form; without any, those that the history names.
  same('the schemas of tools', schemas, schemasSent(sent).slice(0, schemas.length));
  if (dialect !== 'anthropic' || isChat) return;
  same('the turns', turnsOf(withTrueImages(parsed) as Fields), turnsOf(sent));
  const ids = idsOf(parsed);
  if (arePlain(parsed, ids)) same('the ids of calls', ids, idsOf(sent));
}

interface OwnNames {
  readonly propertyNames?: PropertyNames | undefined;
  readonly toolNames?: ToolNames | undefined;
}

/** A tool has another name only where its own is refused, and then one that is taken. */
function checkRenamed(plain: string, own: string): void {
  const isTaken = (name: string): boolean => /^[A-Za-z0-9_-]{1,128}$/.test(name);
  if (!isTaken(plain)) throw new Error(`the tool "${own}" is sent by a name that is refused: "${plain}"`);
  // OpenAI's endpoints take half as many characters.
  if (isTaken(own) && own.length <= 64)
    throw new Error(`the tool "${own}" has become "${plain}" for nothing`);
}

/** With images as what they are by their bytes: the only thing of a turn that is not passed on as it was said. */
function withTrueImages(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withTrueImages);
  if (!isFields(value)) return value;
  const { type, source } = value;
  const isImage = type === 'image' && isFields(source) && source['type'] === 'base64';
  const known = isImage ? imageTypeOf(String(source['data'])) : undefined;
  if (known !== undefined) return { ...value, source: { ...(source as Fields), media_type: known } };
  // Only where images can be: what a call was given is nobody's image.
  const inner = ['messages', 'content', 'source'].filter((name) => Object.hasOwn(value, name));
  if (inner.length === 0 || type === 'tool_use') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, inner.includes(name) ? withTrueImages(each) : each]),
  );
}

/** As the client would see it again. */
function withOwnNames(sent: SentBody, names: PropertyNames, toolNames: ToolNames): SentBody {
  const own = (value: unknown, tool: unknown): unknown => {
    const known = names.get(String(tool));
    if (known === undefined || !isFields(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [known.get(name) ?? name, each]));
  };
  const ownCall = (block: Fields): Fields => {
    const { name, input } = block;
    const isKnown = typeof name === 'string' && toolNames.has(name);
    const changes = { ...(isKnown && { name: toolNames.get(name) }), input: own(input, name) };
    return { ...block, ...changes };
  };
  const tools = sent.tools?.map((tool) => {
    const { input_schema: schema } = tool;
    if (!isFields(schema)) return tool;
    return { ...tool, input_schema: { ...schema, properties: own(schema['properties'], tool['name']) } };
  });
  const messages = sent.messages.map((message) => {
    const { content } = message;
    if (content === null || typeof content === 'string') return message;
    const blocks = content.map((block) => (block['type'] === 'tool_use' ? ownCall(block) : block));
    return { ...message, content: blocks };
  });
  return { ...sent, messages, ...(tools ? { tools } : {}) };
}

/** Of calls and of results, in their order. */
const idsOf = ({ messages }: Fields | SentBody): readonly unknown[] =>
  listOf(messages).flatMap(({ content }) =>
    listOf(content).flatMap(({ type, id, tool_use_id: answered }) =>
      type === 'tool_use' ? [id] : type === 'tool_result' ? [answered] : [],
    ),
  );

/** What Anthropic takes as it is; the others are mended. */
function arePlain({ messages }: Fields, ids: readonly unknown[]): boolean {
  const calls = listOf(messages)
    .flatMap(({ content }) => listOf(content))
    .filter(({ type }) => type === 'tool_use');
  return (
    ids.every((id) => typeof id === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(id)) &&
    new Set(calls.map(({ id }) => id)).size === calls.length
  );
}

function same(what: string, said: readonly unknown[], sent: readonly unknown[]): void {
  const [first, second] = [said, sent].map((values) => JSON.stringify(values));
  if (first !== second) throw new Error(`${what} have become others: ${first} → ${second}`);
}

/** With what a call without arguments means. */
const inputOf = (input: unknown): unknown => input ?? {};

function inputsOf(dialect: 'openai' | 'anthropic', { messages }: Fields): readonly unknown[] {
  if (dialect === 'anthropic')
    return listOf(messages).flatMap(({ content }) =>
      listOf(content).flatMap(({ type, input }) => (type === 'tool_use' ? [inputOf(input)] : [])),
    );
  return listOf(messages).flatMap(({ role, tool_calls: calls, function_call: legacy }) => {
    if (role !== 'assistant') return [];
    const definitions = isFields(legacy) ? [legacy] : listOf(calls).map((call) => call['function'] as Fields);
    return definitions.map((definition) => argumentsOf(definition['arguments']));
  });
}

/** As the arguments of a call are meant: an object, or what was written instead of one. */
function argumentsOf(value: unknown): unknown {
  const text =
    typeof value === 'string' ? value : isFields(value) || Array.isArray(value) ? JSON.stringify(value) : '';
  if (text.trim() === '') return {};
  try {
    const parsed: unknown = JSON.parse(text);
    return isFields(parsed) ? parsed : { arguments: text };
  } catch {
    return { arguments: text };
  }
}

const inputsSent = ({ messages }: SentBody): readonly unknown[] =>
  messages.flatMap(({ role, content, tool_calls: calls }) => {
    if (role !== 'assistant') return [];
    if (calls !== undefined) return calls.map((call) => JSON.parse(call.function.arguments) as unknown);
    return listOf(content).flatMap(({ type, input }) => (type === 'tool_use' ? [inputOf(input)] : []));
  });

/** Names of the properties of a tool's input; choices of several are one for Anthropic. */
const namesIn = (schema: unknown): readonly string[] => {
  if (!isFields(schema)) return [];
  const { properties, anyOf, oneOf, allOf } = schema;
  const own = isFields(properties) ? Object.keys(properties) : [];
  return [...own, ...[anyOf, oneOf, allOf].flatMap(listOf).flatMap(namesIn)];
};
const sorted = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

const schemasOf = (dialect: 'openai' | 'anthropic', { tools }: Fields): readonly unknown[] =>
  listOf(tools).map((tool) =>
    sorted(
      namesIn(dialect === 'anthropic' ? tool['input_schema'] : (tool['function'] as Fields)['parameters']),
    ),
  );

const schemasSent = (sent: SentBody): readonly unknown[] =>
  (sent.tools ?? []).map((tool) =>
    sorted(namesIn(isFields(tool['function']) ? tool['function']['parameters'] : tool['input_schema'])),
  );

/** Turns of the conversation as blocks, without cache marks, which are the gateway's to set. */
const turnsOf = ({ messages }: Fields | SentBody): readonly unknown[] =>
  listOf(messages)
    .filter(({ role }) => role !== 'system')
    .map(({ role, content }) => [role, blocksOf(content)]);

function blocksOf(content: unknown): unknown {
  if (content === '') return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return listOf(content)
    .filter(({ type, signature }) => type !== 'thinking' || signature !== '')
    .map(unmarked);
}

function unmarked(block: Fields): Fields {
  const fields: Record<string, unknown> = { ...block };
  delete fields['cache_control'];
  if (block['type'] === 'tool_use') delete fields['id'];
  if (block['type'] === 'tool_result') delete fields['tool_use_id'];
  const { content, source } = block;
  if (Array.isArray(content)) fields['content'] = blocksOf(content);
  if (isFields(source) && Array.isArray(source['content']))
    fields['source'] = { ...source, content: blocksOf(source['content']) };
  return fields;
}
