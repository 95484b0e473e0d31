/**
 * What a provider is asked, as far as OpenAI's protocol can say it: texts side by side are one text, and what tools gave
 * back are messages of their own. Written out for both formats by itself, so that a slip of the gateway's is not repeated.
 */
import { isObject, list, type Json } from '../standins/anthropic/call';

const BETWEEN = '\n\n';

interface AskedAsChat {
  readonly system: string;
  readonly messages: readonly unknown[];
  readonly tools: readonly unknown[];
  readonly choice: unknown;
  readonly isSerial: boolean;
  readonly maxTokens: unknown;
  readonly temperature: unknown;
  readonly stops: unknown;
}

const texts = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : objects(content)
        .map(({ text }) => text)
        .join(BETWEEN);

const objects = (value: unknown): Json[] => list(value).filter(isObject);

/** Runs of text as one text, with the images between them. */
function joined(parts: readonly (string | Json)[]): unknown[] {
  const result: unknown[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (typeof part === 'string' && typeof last === 'string') result.splice(-1, 1, last + BETWEEN + part);
    else result.push(part);
  }
  return result;
}

/** A call that the client made in the Messages format. */
export function askedByMessages(body: Json): AskedAsChat {
  const choice = isObject(body['tool_choice']) ? body['tool_choice'] : {};
  return {
    system: texts(body['system'] ?? []),
    messages: objects(body['messages']).flatMap(({ role, content }) =>
      role === 'user' ? saidByUser(objects(content)) : [saidByModel(objects(content))],
    ),
    tools: objects(body['tools']).map(({ name, description, input_schema }) => ({
      name,
      description,
      schema: input_schema,
    })),
    choice: choice['name'] ?? { any: 'required' }[String(choice['type'])] ?? choice['type'],
    isSerial: choice['disable_parallel_tool_use'] === true,
    maxTokens: body['max_tokens'],
    temperature: body['temperature'],
    stops: body['stop_sequences'],
  };
}

function saidByUser(blocks: readonly Json[]): unknown[] {
  const results = blocks
    .filter(({ type }) => type === 'tool_result')
    .map((block) => ({ role: 'tool', id: block['tool_use_id'], text: texts(block['content']) }));
  const parts = blocks
    .filter(({ type }) => type !== 'tool_result')
    .map(({ type, text, source }): string | Json => {
      if (type === 'text') return String(text);
      const { media_type, data } = source as Json;
      return { image: `data:${String(media_type)};base64,${String(data)}` };
    });
  return parts.length > 0 ? [...results, { role: 'user', parts: joined(parts) }] : results;
}

const saidByModel = (blocks: readonly Json[]): unknown => ({
  role: 'assistant',
  text: texts(blocks.filter(({ type }) => type === 'text')),
  calls: blocks.filter(({ type }) => type === 'tool_use').map(({ id, name, input }) => ({ id, name, input })),
});

/** What the endpoint got, without the prompt that the gateway puts in front. */
export function askedByChat(body: Json, prompt: string): AskedAsChat {
  const [first, ...others] = objects(body['messages']);
  const choice = body['tool_choice'];
  const called = isObject(choice) && isObject(choice['function']) ? choice['function'] : undefined;
  return {
    system: withoutPrompt(texts(first?.['content']), prompt),
    messages: others.map(message),
    tools: objects(body['tools']).map(({ function: definition }) => {
      const { name, description, parameters } = definition as Json;
      return { name, description, schema: parameters };
    }),
    choice: called ? called['name'] : choice,
    isSerial: body['parallel_tool_calls'] === false,
    maxTokens: body['max_tokens'],
    temperature: body['temperature'],
    stops: body['stop'],
  };
}

function withoutPrompt(system: string, prompt: string): string {
  if (!system.startsWith(prompt)) throw new Error('the prompt does not come first');
  const rest = system.slice(prompt.length);
  return rest.startsWith(BETWEEN) ? rest.slice(BETWEEN.length) : rest;
}

function message({ role, content, tool_call_id: id, tool_calls: calls }: Json): unknown {
  switch (role) {
    case 'tool':
      return { role, id, text: texts(content) };
    case 'assistant':
      return {
        role,
        text: texts(content ?? []),
        calls: objects(calls).map((call) => {
          const { name, arguments: json } = call['function'] as Json;
          return { id: call['id'], name, input: JSON.parse(String(json)) as unknown };
        }),
      };
    default: {
      const parts = typeof content === 'string' ? [content] : objects(content).map(part);
      return { role, parts: joined(parts) };
    }
  }
}

const part = ({ type, text, image_url: image }: Json): string | Json =>
  type === 'text' ? String(text) : { image: (image as Json)['url'] };
