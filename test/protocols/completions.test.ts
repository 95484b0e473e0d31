import { ElementAllowance } from '../../gateway/http/element-allowance';
import { openAiCompletions } from '../../gateway/protocols/openai-completions';
import { blockStart, blockStop, delta, end, start, text } from './anthropic-events';
import { frame, FRAME, refusalOf, translateStream } from './support';

const read = (body: Record<string, unknown>) =>
  openAiCompletions.readRequest(
    { model: 'claude-sonnet', prompt: 'a', ...body },
    {},
    new ElementAllowance(1_000),
  );

describe("OpenAI's legacy completions", () => {
  test.each(['Say it. ', ['Say it. ']])('the prompt %j is what the user says', (prompt) => {
    expect(read({ prompt })).toMatchObject({
      model: 'claude-sonnet',
      system: [],
      turns: [{ role: 'user', content: [{ type: 'text', text: 'Say it. ' }] }],
    });
  });

  test('fields mean what they mean in a chat, others are dropped and named', () => {
    const request = read({
      max_tokens: 7,
      temperature: 0.5,
      stop: ['END'],
      seed: 1,
      user: 'ann@example.com',
      n: 1,
      best_of: 1,
      echo: false,
      suffix: '',
      stream: true,
      stream_options: { include_usage: true },
      logprobs: 3,
      messages: [{ role: 'system', content: 'hidden' }],
      tools: [],
    });
    expect(request).toMatchObject({
      maxTokens: 7,
      temperature: 0.5,
      stopSequences: ['END'],
      chatMembers: { seed: 1 },
      stream: true,
      includeUsage: true,
      system: [],
      droppedFields: ['logprobs', 'messages', 'tools', 'user'],
    });
  });

  test.each([
    [{ prompt: undefined }, 'prompt'],
    [{ prompt: ' ' }, 'prompt'],
    [{ prompt: ['a', 'b'] }, 'prompt'],
    [{ prompt: [1, 2, 3] }, 'prompt'],
    [{ n: 2 }, 'n'],
    [{ best_of: 2 }, 'best_of'],
    [{ best_of: 'x' }, 'best_of'],
    [{ echo: true }, 'echo'],
    [{ suffix: 'end' }, 'suffix'],
    [{ model: 7 }, 'model'],
  ])('%j is refused, naming %s', (change, param) => {
    expect(refusalOf({ prompt: 'a', ...change }, openAiCompletions).param).toBe(param);
  });

  test('an answer is its text alone', () => {
    const answer = {
      id: 'm',
      blocks: [
        { type: 'thinking', text: 'hm' },
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
      stopReason: 'max_tokens',
      usage: { input: 1, output: 2, cacheRead: 3, cacheWrite: 0 },
    } as const;
    expect(JSON.parse(openAiCompletions.renderAnswer(answer, FRAME))).toMatchObject({
      id: 'cmpl-req_1',
      object: 'text_completion',
      model: 'claude-sonnet',
      choices: [{ text: 'ab', index: 0, finish_reason: 'length' }],
      usage: { prompt_tokens: 4, completion_tokens: 2, cache_read_input_tokens: 3 },
    });
  });

  test('a stream is its text alone', () => {
    const streamed = translateStream(
      [
        frame(
          start(),
          blockStart(0, { type: 'thinking', thinking: '', signature: '' }),
          delta(0, { type: 'thinking_delta', thinking: 'hm' }),
          blockStop(0),
          text('a', 1),
          text('b', 1),
          ...end('end_turn'),
        ),
      ],
      { protocol: openAiCompletions },
    );
    const lines = streamed.text.split('\n\n').filter((line) => line !== '');
    expect(lines.at(-1)).toBe('data: [DONE]');
    const chunks = lines
      .slice(0, -1)
      .map((line) => JSON.parse(line.slice('data: '.length)) as Record<string, unknown>);
    expect(chunks.map((chunk) => chunk['choices'])).toMatchObject([
      [{ text: 'a', finish_reason: null }],
      [{ text: 'b', finish_reason: null }],
      [{ text: '', finish_reason: 'stop' }],
      [],
    ]);
    expect(chunks[0]).toMatchObject({ id: 'cmpl-req_1', object: 'text_completion' });
    expect(chunks.at(-1)).toMatchObject({ usage: { completion_tokens: 5 } });
  });
});
