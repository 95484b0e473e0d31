/** An answer as a server of some habits writes it: whole, or as the bytes of a stream. */
import type { Habits, Said, SaidCall } from './habits';

type Json = Record<string, unknown>;

/** What a client may not see as it was written: ids are the server's where it gives any. */
export const idOf = (index: number): string => `functions.read:${index}`;

const reasonOf = ({ calls, stop }: Said): string =>
  calls.length > 0 && stop === 'stop' ? 'tool_calls' : stop;

/** As the server counts it, by its words. */
export function usageOf({ usage }: Said, { usageNames, thinkingApart }: Habits): Json {
  const { prompt, cached, output, thinking } = usage;
  const answer = thinkingApart ? output - thinking : output;
  const total = prompt + output;
  const common = {
    completion_tokens: answer,
    completion_tokens_details: { reasoning_tokens: thinking },
    total_tokens: total,
  };
  switch (usageNames) {
    case 'details':
      return { prompt_tokens: prompt, prompt_tokens_details: { cached_tokens: cached }, ...common };
    case 'cached_tokens':
      return { prompt_tokens: prompt, cached_tokens: cached, prompt_tokens_details: null, ...common };
    case 'num_cached_tokens':
      return { prompt_tokens: prompt, num_cached_tokens: cached, ...common };
    case 'hit and miss':
      return {
        prompt_tokens: prompt,
        prompt_cache_hit_tokens: cached,
        prompt_cache_miss_tokens: prompt - cached,
        prompt_tokens_details: { cached_tokens: cached },
        ...common,
      };
    case 'both':
      return {
        prompt_tokens: prompt,
        cached_tokens: cached,
        prompt_tokens_details: { cached_tokens: cached },
        cache_read_input_tokens: cached,
        ...common,
      };
    case 'input':
      return {
        input_tokens: prompt,
        output_tokens: answer,
        input_tokens_details: { cached_tokens: cached },
        output_tokens_details: { reasoning_tokens: thinking },
        total_tokens: total,
      };
    case 'beside':
      return { input_tokens: prompt - cached, output_tokens: output, cache_read_input_tokens: cached };
  }
}

const thoughtFields = (text: string, { thoughts }: Habits): Json => {
  switch (thoughts) {
    case 'reasoning_content':
    case 'reasoning':
      return { [thoughts]: text };
    case 'both':
      return { reasoning_content: text, reasoning: text };
    case 'details':
      return { reasoning_details: [{ type: 'reasoning.text', text }] };
    case 'parts':
      return { content: [{ type: 'thinking', thinking: [{ type: 'text', text }] }] };
    case 'part text':
      return { content: [{ type: 'thinking', thinking: text }] };
  }
};

const textFields = (text: string, { text: habit }: Habits): Json => ({
  content: habit === 'parts' ? [{ type: 'text', text }] : text,
});

const numberOf = (index: number, { numbers }: Habits): Json => {
  switch (numbers) {
    case 'none':
      return {};
    case 'all 0':
      return { index: 0 };
    case 'from 1':
      return { index: index + 1 };
    case 'as text':
      return { index: String(index) };
    case 'from 0':
      return { index };
  }
};

/** A call in the pieces of a stream. */
function piecesOf({ name, input }: SaidCall, index: number, habits: Habits): Json[] {
  const json = JSON.stringify(input);
  const parts: unknown[] = [];
  for (let at = 0; at < json.length; at += habits.pieceLength)
    parts.push(json.slice(at, at + habits.pieceLength));
  const written =
    habits.arguments === 'object'
      ? [input]
      : habits.arguments === 'with white space'
        ? [' ', ...parts, '\n', ' ']
        : habits.arguments === 'after an empty object'
          ? ['{}', ...parts]
          : ['', ...parts];
  return written.map((piece, at) => {
    const hasId = habits.ids === 'each' || habits.ids === 'new' || at === 0;
    const id = habits.ids === 'new' ? `${idOf(index)}-${at}` : habits.ids === 'same' ? 'call' : idOf(index);
    return {
      ...numberOf(index, habits),
      ...(habits.ids !== 'none' && hasId ? { id, type: 'function' } : {}),
      function: { ...(at === 0 || habits.names === 'each' ? { name } : {}), arguments: piece },
    };
  });
}

/** One after the other, or a piece of each in turn. */
function inOrder(calls: readonly Json[][], isMixed: boolean): Json[] {
  if (!isMixed) return calls.flat();
  const mixed: Json[] = [];
  for (let at = 0; calls.some((pieces) => at < pieces.length); at += 1)
    for (const pieces of calls) if (pieces[at] !== undefined) mixed.push(pieces[at] as Json);
  return mixed;
}

const NULLS = {
  content: null,
  reasoning_content: null,
  tool_calls: null,
  refusal: null,
  function_call: null,
};

export function wholeBody(said: Said, habits: Habits): Json {
  const { thoughts, text, calls } = said;
  const isInParts = habits.thoughts === 'parts' || habits.thoughts === 'part text';
  const thinking = thoughts.length > 0 ? thoughtFields(thoughts.join(''), habits) : {};
  const speaking = text.length > 0 ? textFields(text.join(''), habits) : {};
  const content =
    isInParts && thoughts.length > 0 && text.length > 0
      ? { content: [...(thinking['content'] as unknown[]), { type: 'text', text: text.join('') }] }
      : {};
  const message = {
    role: 'assistant',
    ...(habits.nulls ? NULLS : {}),
    ...thinking,
    ...speaking,
    ...content,
    ...(calls.length > 0
      ? {
          tool_calls: calls.map(({ name, input }, index) => ({
            ...(habits.ids === 'none' ? {} : { id: habits.ids === 'same' ? 'call' : idOf(index) }),
            type: 'function',
            function: { name, arguments: habits.arguments === 'object' ? input : JSON.stringify(input) },
          })),
        }
      : {}),
  };
  const usage = usageOf(said, habits);
  const reason = habits.reason === 'stop instead' && said.stop === 'stop' ? 'stop' : reasonOf(said);
  const choice = {
    index: 0,
    [habits.form === 'message' ? 'delta' : 'message']: message,
    finish_reason: reason,
    ...(habits.usageAt === 'choice' ? { usage } : {}),
  };
  return {
    id: 'x',
    choices: [choice],
    ...(habits.usageAt === 'choice' ? {} : habits.usageAt === 'corner' ? { x_groq: { usage } } : { usage }),
  };
}

/** The chunks of a stream, as JSON values. */
function chunksOf(said: Said, habits: Habits): Json[] {
  const { thoughts, text, calls } = said;
  const deltas: Json[] = [
    { role: 'assistant', content: '' },
    ...thoughts.map((piece) => thoughtFields(piece, habits)),
    ...text.map((piece) => textFields(piece, habits)),
    ...inOrder(
      calls.map((each, index) => piecesOf(each, index, habits)),
      habits.mixed,
    ).flatMap((piece) => [{ tool_calls: [piece] }, ...(habits.blankText ? [{ content: '\n' }] : [])]),
  ];
  const isUnsaid: Json =
    habits.noReason === 'missing' ? {} : { finish_reason: habits.noReason === 'null' ? null : '' };
  const chunk = (delta: Json, reason: Json = isUnsaid): Json => {
    const words = {
      ...(habits.role === 'each' ? { role: 'assistant' } : {}),
      ...(habits.nulls ? NULLS : {}),
      ...delta,
    };
    const member =
      habits.form === 'message'
        ? { message: words }
        : { delta: words, ...(habits.form === 'delta' ? {} : { message: null }) };
    return { id: 'x', choices: [{ index: 0, ...member, ...reason }] };
  };
  const reason = habits.reason === 'stop instead' && said.stop === 'stop' ? 'stop' : reasonOf(said);
  const chunks = deltas.map((delta) => chunk(delta));
  const last = chunks.at(-1) as { choices: Json[] };
  if (habits.reason === 'with the last piece')
    Object.assign(last.choices[0] as Json, { finish_reason: reason });
  else chunks.push(chunk({}, { finish_reason: reason }));
  if (habits.reason === 'twice') chunks.push(chunk({}, { finish_reason: 'stop' }));
  return withUsage(chunks, said, habits);
}

function withUsage(chunks: Json[], said: Said, habits: Habits): Json[] {
  const usage = usageOf(said, habits);
  const last = chunks.at(-1) ?? {};
  switch (habits.usageAt) {
    case 'reason':
      last['usage'] = usage;
      return chunks;
    case 'choice':
      Object.assign((last['choices'] as Json[])[0] as Json, { usage });
      return chunks;
    case 'corner':
      last['x_groq'] = { usage };
      return chunks;
    case 'own chunk':
      return [...chunks.map((each) => ({ ...each, usage: null })), { id: 'x', choices: [], usage }];
    case 'each': {
      const begun = { ...said, usage: { ...said.usage, output: said.usage.thinking } };
      return chunks.map((each, at) => ({
        ...each,
        usage: at === chunks.length - 1 ? usage : usageOf(begun, habits),
      }));
    }
  }
}

export function streamOf(said: Said, habits: Habits): Buffer {
  const { lineEnd, colon } = habits;
  const between = habits.blankLines ? lineEnd + lineEnd : lineEnd;
  const events = chunksOf(said, habits).flatMap((chunk) => [
    ...(habits.emptyChunks ? ['{"id":"x","choices":[]}'] : []),
    JSON.stringify(chunk),
  ]);
  const lines = [...events, ...(habits.done ? ['[DONE]'] : [])].map((data) => colon + data);
  const written = lines.join(between + (habits.comments ? `: keep-alive${lineEnd}${lineEnd}` : ''));
  return Buffer.from(
    (habits.mark ? '\ufeff' : '') + written + (habits.lastBlankLine ? lineEnd + lineEnd : ''),
  );
}
