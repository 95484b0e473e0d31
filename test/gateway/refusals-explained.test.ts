import { text, type ScriptedAnswer } from '../standins/anthropic';
import { startCompatibleGateway, type CompatibleGateway } from './support/compatible';
import { readStream } from './support/gateway';
import { askMessages } from './support/messages';

const hi = [{ role: 'user', content: 'hi' }];
const WHY = 'This could enable harm in the lab.';

let gateway: CompatibleGateway;
let key: string;
beforeAll(async () => {
  gateway = await startCompatibleGateway();
  key = await gateway.workspaceKey();
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.standin.reset();
  gateway.endpoint.reset();
});

interface ChatMessage {
  readonly content: string | null;
  readonly refusal: string | null;
}

/** Asks whole or streamed; what a client has in the end. */
async function chat(
  model: string,
  stream: boolean,
): Promise<{ message: ChatMessage; finish: string | null }> {
  const answer = await gateway.chat(key, { model, messages: hi, stream });
  expect(answer.status).toBe(200);
  if (!stream) {
    const { choices } = answer.json as unknown as {
      choices: { message: ChatMessage; finish_reason: string }[];
    };
    const [choice] = choices;
    if (!choice) throw new Error('no choice');
    const { content, refusal } = choice.message;
    return { message: { content, refusal }, finish: choice.finish_reason };
  }
  const { chunks, isDone } = readStream(answer.text);
  expect(isDone).toBe(true);
  const all = chunks.flatMap(({ choices = [] }) => choices) as unknown as {
    delta: Partial<ChatMessage>;
    finish_reason: string | null;
  }[];
  const gathered = (field: 'content' | 'refusal'): string | null =>
    all.map(({ delta }) => delta[field] ?? '').join('') || null;
  return {
    message: { content: gathered('content'), refusal: gathered('refusal') },
    finish: all.at(-1)?.finish_reason ?? null,
  };
}

const refused = (details?: ScriptedAnswer['stopDetails'], ...pieces: string[]): ScriptedAnswer => ({
  content: pieces.length > 0 ? [text(...pieces)] : [],
  stopReason: 'refusal',
  ...(details ? { stopDetails: details } : {}),
});

describe.each([
  ['whole', false],
  ['streamed', true],
])('%s', (_, stream) => {
  describe('a refusal of Anthropic’s, in a chat', () => {
    test('is explained', async () => {
      gateway.standin.answer(refused({ type: 'refusal', category: 'bio', explanation: WHY }));
      expect(await chat('claude-sonnet-4-5', stream)).toEqual({
        message: { content: null, refusal: WHY },
        finish: 'content_filter',
      });
    });

    test('beside what had been said by then', async () => {
      gateway.standin.answer(refused({ type: 'refusal', category: null, explanation: WHY }, 'Well, '));
      const { message } = await chat('claude-sonnet-4-5', stream);
      expect(message).toEqual({ content: 'Well, ', refusal: WHY });
    });

    test.each([
      [{ type: 'refusal', category: 'cyber', explanation: null }, /refuses.*\(cyber\)/],
      [{ type: 'refusal', category: null, explanation: ' ' }, /refuses to answer this\./],
      [undefined, /refuses to answer this\./],
    ])('is never silent: %p', async (details, said) => {
      gateway.standin.answer(refused(details));
      const { message, finish } = await chat('claude-sonnet-4-5', stream);
      expect(message.refusal).toMatch(said);
      expect(finish).toBe('content_filter');
    });
  });

  test('a refusal of Anthropic’s reaches its own clients as it was said', async () => {
    const details = { type: 'refusal', category: 'bio', explanation: WHY };
    gateway.standin.answer(refused(details));
    const { json, events } = await askMessages(gateway, key, { stream });
    const stop = stream ? events.find(({ name }) => name === 'message_delta')?.data.delta : json;
    expect(stop).toMatchObject({ stop_reason: 'refusal', stop_details: details });
    const blocks = stream ? events.filter(({ name }) => name.startsWith('content')) : json.content;
    expect(blocks).toEqual([]);
  });

  describe('a refusal of another provider’s', () => {
    test('is a refusal in a chat', async () => {
      gateway.endpoint.answer({ refusal: ['I cannot ', 'do that.'] });
      expect(await chat('local', stream)).toEqual({
        message: { content: null, refusal: 'I cannot do that.' },
        finish: 'stop',
      });
    });

    test('that says nothing is explained in its place', async () => {
      gateway.endpoint.answer({ finishReason: 'content_filter' });
      const { message, finish } = await chat('local', stream);
      expect(message.refusal).toMatch(/filter has withheld the answer/);
      expect(finish).toBe('content_filter');
    });

    test('is words and details for Anthropic’s clients', async () => {
      gateway.endpoint.answer({ refusal: ['I cannot ', 'do that.'], finishReason: 'content_filter' });
      const { json, events } = await askMessages(gateway, key, { model: 'local', stream });
      const stop = stream ? events.find(({ name }) => name === 'message_delta')?.data.delta : json;
      expect(stop).toMatchObject({
        stop_reason: 'refusal',
        stop_details: { type: 'refusal', category: null, explanation: 'I cannot do that.' },
      });
      const said = stream
        ? events.map(({ data }) => (data.delta as { text?: string } | undefined)?.text ?? '').join('')
        : json.content.map(({ text: each }) => each).join('');
      expect(said).toBe('I cannot do that.');
    });
  });

  test('a legacy completion has it as its text', async () => {
    gateway.standin.answer(refused({ type: 'refusal', category: null, explanation: WHY }));
    const { text: body } = await gateway.request('/v1/completions', {
      key,
      body: { model: 'claude-sonnet-4-5', prompt: 'hi', stream },
    });
    expect(body).toContain(WHY);
    expect(body).toContain('"finish_reason":"content_filter"');
  });
});

test('a refusal that a client keeps is part of the conversation', async () => {
  await gateway.chat(key, {
    messages: [...hi, { role: 'assistant', content: null, refusal: WHY }, { role: 'user', content: 'Why?' }],
  });
  expect(JSON.stringify(gateway.standin.requests.at(-1)?.body)).toContain(WHY);
});
