/** What a plain client puts together of an answer of ours, whole or streamed, in either protocol. */

type Json = Record<string, unknown>;
type Dialect = 'openai' | 'anthropic';

export interface GatheredAnswer {
  readonly thoughts: string;
  readonly text: string;
  readonly calls: readonly { readonly name: string; readonly input: unknown }[];
  /** In OpenAI's words. */
  readonly stop: string;
  readonly usage: { readonly uncached: number; readonly read: number; readonly output: number };
}

interface Gathered {
  readonly answer: GatheredAnswer;
  readonly ids: readonly string[];
}

const STOPS: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  max_tokens: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
};

interface Parts {
  thoughts: string;
  text: string;
  readonly calls: { id: string; name: string; json: string }[];
  stop: string;
  usage: Json;
}
const nothing = (): Parts => ({ thoughts: '', text: '', calls: [], stop: 'none', usage: {} });

function finished(dialect: Dialect, { thoughts, text, calls, stop, usage }: Parts): Gathered {
  const details = usage['prompt_tokens_details'] as { cached_tokens: number } | undefined;
  return {
    ids: calls.map(({ id }) => id),
    answer: {
      thoughts,
      text,
      calls: calls.map(({ name, json }) => ({ name, input: JSON.parse(json || '{}') as unknown })),
      stop: dialect === 'openai' ? stop : (STOPS[stop] ?? stop),
      usage:
        dialect === 'openai'
          ? {
              uncached: Number(usage['prompt_tokens']) - Number(details?.cached_tokens),
              read: Number(details?.cached_tokens),
              output: Number(usage['completion_tokens']),
            }
          : {
              uncached: Number(usage['input_tokens']),
              read: Number(usage['cache_read_input_tokens']),
              output: Number(usage['output_tokens']),
            },
    },
  };
}

interface ChatMessage {
  readonly content?: string | null;
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly {
    readonly index?: number;
    readonly id?: string;
    readonly function: { readonly name?: string; readonly arguments: string };
  }[];
}

function addMessage(parts: Parts, message: ChatMessage): void {
  parts.thoughts += message.reasoning_content ?? '';
  parts.text += message.content ?? '';
  (message.tool_calls ?? []).forEach(({ index, id, function: called }, at) => {
    const call = (parts.calls[index ?? at] ??= { id: '', name: '', json: '' });
    call.id += id ?? '';
    call.name += called.name ?? '';
    call.json += called.arguments;
  });
}

interface Choice {
  readonly message: ChatMessage;
  readonly delta: ChatMessage;
  readonly finish_reason: string | null;
}

export function gatherWhole(dialect: Dialect, body: Json): Gathered {
  const parts = nothing();
  parts.usage = body['usage'] as Json;
  if (dialect === 'openai') {
    const [choice] = body['choices'] as [Choice];
    addMessage(parts, choice.message);
    parts.stop = String(choice.finish_reason);
    return finished(dialect, parts);
  }
  for (const block of body['content'] as Json[])
    if (block['type'] === 'text') parts.text += String(block['text']);
    else if (block['type'] === 'thinking') parts.thoughts += String(block['thinking']);
    else
      parts.calls.push({
        id: String(block['id']),
        name: String(block['name']),
        json: JSON.stringify(block['input']),
      });
  parts.stop = String(body['stop_reason']);
  return finished(dialect, parts);
}

export function gatherStream(dialect: Dialect, text: string): Gathered {
  const parts = nothing();
  const events = text.split('\n\n').filter((each) => each !== '');
  if (dialect === 'openai') {
    if (events.pop() !== 'data: [DONE]') throw new Error('the stream has no end');
    for (const event of events) {
      const chunk = JSON.parse(event.slice('data: '.length)) as { choices: Choice[]; usage?: Json };
      const [choice] = chunk.choices;
      if (choice) addMessage(parts, choice.delta);
      parts.stop = choice?.finish_reason ?? parts.stop;
      parts.usage = chunk.usage ?? parts.usage;
    }
    return finished(dialect, parts);
  }
  for (const event of events) addEvent(parts, JSON.parse(event.slice(event.indexOf('\ndata: ') + 7)) as Json);
  if (!text.endsWith('{"type":"message_stop"}\n\n')) throw new Error('the stream has no end');
  return finished(dialect, parts);
}

function addEvent(parts: Parts, event: Json): void {
  const block = event['content_block'] as Json | undefined;
  const delta = (event['delta'] ?? {}) as Readonly<Record<string, string | undefined>>;
  if (block?.['type'] === 'tool_use')
    parts.calls.push({ id: String(block['id']), name: String(block['name']), json: '' });
  const call = parts.calls.at(-1);
  if (call) call.json += delta['partial_json'] ?? '';
  parts.text += delta['text'] ?? '';
  parts.thoughts += delta['thinking'] ?? '';
  if (event['type'] !== 'message_delta') return;
  parts.stop = delta['stop_reason'] ?? 'none';
  parts.usage = event['usage'] as Json;
}
