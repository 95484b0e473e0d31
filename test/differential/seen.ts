/** What a client sees of an answer, by either SDK, in one form that can be compared. */
import type Anthropic from '@anthropic-ai/sdk';
import type OpenAI from 'openai';

export interface Seen {
  readonly text: string;
  readonly thoughts: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly input: unknown }[];
  /** In OpenAI's words. */
  readonly stop: string;
  readonly usage: {
    readonly uncached: number;
    readonly written: number;
    readonly read: number;
    readonly output: number;
  };
}

type Json = Record<string, unknown>;

/** As the two vocabularies are translated; written out here, so that a slip in the gateway's table is not repeated. */
const STOPS: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
};

export async function askMessages(client: Anthropic, body: Json, stream: boolean): Promise<Seen> {
  const asked = body as unknown as Anthropic.MessageCreateParamsNonStreaming;
  const { content, stop_reason, usage } = await (stream
    ? client.messages.stream(asked).finalMessage()
    : client.messages.create(asked));
  return {
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    thoughts: content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
    calls: content.flatMap((block) =>
      block.type === 'tool_use' ? [{ id: block.id, name: block.name, input: block.input }] : [],
    ),
    stop: STOPS[stop_reason ?? ''] ?? `unknown: ${stop_reason}`,
    usage: {
      uncached: usage.input_tokens,
      written: usage.cache_creation_input_tokens ?? 0,
      read: usage.cache_read_input_tokens ?? 0,
      output: usage.output_tokens,
    },
  };
}

interface Message {
  content?: string | null;
  reasoning_content?: string;
  tool_calls?: { index?: number; id?: string; function?: { name?: string; arguments?: string } }[];
}

export async function askChat(client: OpenAI, body: Json, stream: boolean): Promise<Seen> {
  if (!stream) {
    const asked = body as unknown as OpenAI.ChatCompletionCreateParamsNonStreaming;
    const { choices, usage } = await client.chat.completions.create(asked);
    const gathered = new Gathered();
    const message = (choices[0]?.message ?? {}) as Message;
    gathered.add({
      ...message,
      tool_calls: message.tool_calls?.map((call, index) => ({ ...call, index })) ?? [],
    });
    return gathered.seen(choices[0]?.finish_reason, usage);
  }
  const chunks = await client.chat.completions.create({
    ...(body as unknown as OpenAI.ChatCompletionCreateParamsNonStreaming),
    stream: true,
    stream_options: { include_usage: true },
  });
  const gathered = new Gathered();
  let reason: string | undefined;
  let usage: OpenAI.CompletionUsage | undefined;
  for await (const { choices, usage: counted } of chunks) {
    const [choice] = choices;
    if (choice) gathered.add(choice.delta);
    reason = choice?.finish_reason ?? reason;
    usage = counted ?? usage;
  }
  return gathered.seen(reason, usage);
}

class Gathered {
  private text = '';
  private thoughts = '';
  private readonly calls: { id: string; name: string; json: string }[] = [];

  add({ content, reasoning_content: thought, tool_calls: calls = [] }: Message): void {
    this.text += content ?? '';
    this.thoughts += thought ?? '';
    for (const { index = 0, id, function: called } of calls) {
      const call = (this.calls[index] ??= { id: '', name: '', json: '' });
      call.id += id ?? '';
      call.name += called?.name ?? '';
      call.json += called?.arguments ?? '';
    }
  }

  seen(reason: string | undefined, usage: OpenAI.CompletionUsage | undefined): Seen {
    const read = usage?.prompt_tokens_details?.cached_tokens ?? 0;
    const written = Number((usage as unknown as Json | undefined)?.['cache_creation_input_tokens'] ?? 0);
    return {
      text: this.text,
      thoughts: this.thoughts,
      calls: this.calls.map(({ id, name, json }) => ({ id, name, input: JSON.parse(json) as unknown })),
      stop: reason ?? 'none',
      usage: {
        uncached: (usage?.prompt_tokens ?? NaN) - read - written,
        written,
        read,
        output: usage?.completion_tokens ?? NaN,
      },
    };
  }
}
