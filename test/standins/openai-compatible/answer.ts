/** A scripted answer made into what such a server sends: whole, or chunk by chunk. */
import type { Json } from './call';
import type { ScriptedAnswer, ScriptedCall } from './script';

export interface Chunk {
  readonly data: Json;
  /** Which of the places a stream can break off at lies right behind it. */
  readonly place?: 'start' | 'content' | 'finish';
}

const textTokens = (text: string): number => Math.ceil(Buffer.byteLength(text) / 4);
const argumentsOf = ({ pieces }: ScriptedCall): string => pieces.join('');

function usageOf(script: ScriptedAnswer, body: Json): object | null {
  if (script.usage !== undefined) return script.usage && { total_tokens: undefined, ...script.usage };
  const { text = [], thoughts = [], calls = [] } = script;
  const said = [...text, ...thoughts, ...calls.map((call) => call.name + argumentsOf(call))].join('');
  const prompt_tokens = textTokens(JSON.stringify([body['messages'], body['tools']]));
  const completion_tokens = Math.max(1, textTokens(said));
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}

const reasonOf = ({ finishReason, calls = [] }: ScriptedAnswer): string | null =>
  finishReason === undefined ? (calls.length > 0 ? 'tool_calls' : 'stop') : finishReason;

const idOf = ({ id }: ScriptedCall, number: number, index: number): string =>
  id ?? `call_standin_${number}_${index}`;

/** @param number of the answer since the start: ids are the same from run to run */
export function wholeAnswer(script: ScriptedAnswer, number: number, body: Json): Json {
  const { text, thoughts = [], refusal, calls = [], thoughtsField = 'reasoning_content' } = script;
  const usage = usageOf(script, body);
  return {
    id: `chatcmpl-standin-${number}`,
    object: 'chat.completion',
    created: 1_700_000_000,
    model: body['model'],
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text?.join('') ?? null,
          ...(refusal ? { refusal: refusal.join('') } : {}),
          ...(thoughts.length > 0 ? { [thoughtsField]: thoughts.join('') } : {}),
          ...(calls.length > 0
            ? {
                tool_calls: calls.map((call, index) => ({
                  id: idOf(call, number, index),
                  type: 'function',
                  function: { name: call.name, arguments: argumentsOf(call) },
                })),
              }
            : {}),
        },
        finish_reason: reasonOf(script),
      },
    ],
    ...(usage ? { usage } : {}),
  };
}

/** All chunks but [DONE]. */
export function chunksOf(script: ScriptedAnswer, number: number, body: Json): Chunk[] {
  const { text = [], thoughts = [], calls = [], numbering = { from: 0 } } = script;
  const head = {
    id: `chatcmpl-standin-${number}`,
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: body['model'],
  };
  const delta = (fields: Json, finish_reason: string | null = null): Json => ({
    ...head,
    choices: [{ index: 0, delta: fields, finish_reason }],
  });
  const numberOf = (index: number): Json => {
    if (numbering === 'none') return {};
    return { index: 'all' in numbering ? numbering.all : numbering.from + index };
  };
  const content: Json[] = [
    ...thoughts.map((piece) => delta({ [script.thoughtsField ?? 'reasoning_content']: piece })),
    ...text.map((piece) => delta({ content: piece })),
    ...(script.refusal ?? []).map((piece) => delta({ refusal: piece })),
    ...calls.flatMap((call, index) => [
      delta({
        tool_calls: [
          {
            ...numberOf(index),
            id: idOf(call, number, index),
            type: 'function',
            function: { name: call.name, arguments: '' },
          },
        ],
      }),
      ...call.pieces.map((piece) =>
        delta({ tool_calls: [{ ...numberOf(index), function: { arguments: piece } }] }),
      ),
    ]),
  ];
  const reason = reasonOf(script);
  const options = body['stream_options'] as { include_usage?: boolean } | undefined;
  const usage = options?.include_usage === true ? usageOf(script, body) : null;
  return [
    { data: delta({ role: 'assistant', content: '' }), place: 'start' },
    ...content
      .map((data) => (script.runningUsage ? { ...data, usage: script.runningUsage } : data))
      .map((data, index): Chunk => (index === 0 ? { data, place: 'content' } : { data })),
    ...(reason === null ? [] : [{ data: delta({}, reason), place: 'finish' as const }]),
    ...(usage ? [{ data: { ...head, choices: [], usage } }] : []),
  ];
}
