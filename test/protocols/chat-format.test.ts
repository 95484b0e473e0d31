import {
  FRAME,
  frame,
  refusalOf,
  sendChat,
  tool,
  toolCall,
  translateAnswer,
  translateStream,
  user,
} from './support';
import { readStream } from '../gateway/support/gateway';

const schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  description: 'a person',
  properties: {
    age: { type: 'integer', minimum: 0, maximum: 150 },
    mail: { type: 'string', format: 'email', pattern: '@' },
    tags: { type: 'array', items: { type: 'string', minLength: 2 }, minItems: 1, maxItems: 9 },
    home: {
      oneOf: [{ type: 'object', properties: { zip: { type: 'string', format: 'zip' } } }, { type: 'null' }],
    },
  },
  required: ['age'],
};
const asked = (extra: Record<string, unknown> = {}) => ({
  response_format: { type: 'json_schema', json_schema: { name: 'person', schema, strict: true, ...extra } },
});
const older = { structured_outputs: false };

describe('an answer in the form of a schema', () => {
  test('Q15: is followed by the model itself, the schema fitted to what it takes', () => {
    const { body, shared } = sendChat(asked());
    expect(body['output_config']).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          additionalProperties: false,
          description: 'a person',
          properties: {
            age: { type: 'integer', description: '(minimum: 0, maximum: 150)' },
            mail: { type: 'string', format: 'email', description: '(pattern: "@")' },
            tags: {
              type: 'array',
              items: { type: 'string', description: '(minLength: 2)' },
              minItems: 1,
              description: '(maxItems: 9)',
            },
            home: {
              anyOf: [
                {
                  type: 'object',
                  additionalProperties: false,
                  properties: { zip: { type: 'string', description: '(format: "zip")' } },
                },
                { type: 'null' },
              ],
            },
          },
          required: ['age'],
        },
      },
    });
    expect(shared.answerTool).toBeUndefined();
  });

  test('Q15: goes together with effort', () => {
    const { body } = sendChat({ ...asked(), reasoning_effort: 'low' }, 'claude-opus-4');
    expect(body['output_config']).toMatchObject({ effort: 'low', format: { type: 'json_schema' } });
  });

  test('Q15: is the input of a forced tool where the model does not follow one', () => {
    const { body, shared } = sendChat(asked({ description: 'Who it is.' }), 'claude-sonnet-4-5', older);
    expect(body).not.toHaveProperty('output_config');
    expect(body['tools']).toEqual([
      {
        name: 'json_tool_call',
        description: expect.stringContaining('Who it is.') as string,
        input_schema: schema,
      },
    ]);
    expect(body['tool_choice']).toEqual({
      type: 'tool',
      name: 'json_tool_call',
      disable_parallel_tool_use: true,
    });
    expect(shared.answerTool).toBe('json_tool_call');
  });

  test('Q15: is one of the tools where the client offers some, by a name of its own', () => {
    const { body, shared } = sendChat(
      { ...asked(), tools: [tool('json_tool_call')] },
      'claude-sonnet-4-5',
      older,
    );
    expect(shared.answerTool).toBe('json_tool_call_');
    expect(body['tool_choice']).toEqual({ type: 'any', disable_parallel_tool_use: true });
  });

  test('Q15: is not asked of a call that is forced to a tool', () => {
    const forced = { tools: [tool('read')], tool_choice: { type: 'function', function: { name: 'read' } } };
    const { body, shared } = sendChat({ ...asked(), ...forced }, 'claude-sonnet-4-5', older);
    expect(body['tools']).toHaveLength(1);
    expect(shared.answerTool).toBeUndefined();
  });

  test('Q15: any object is the input of a tool that takes any', () => {
    const { body } = sendChat({ response_format: { type: 'json_object' } });
    expect(body['tools']).toMatchObject([{ input_schema: { type: 'object', additionalProperties: true } }]);
    expect(sendChat({ response_format: { type: 'text' } }).body).not.toHaveProperty('tools');
  });

  test('Q15: tools of the past are no choice beside it', () => {
    const messages = [user(), { role: 'assistant', tool_calls: [toolCall('a')] }];
    const { body } = sendChat({ response_format: { type: 'json_object' }, messages });
    expect(body['tool_choice']).toMatchObject({ type: 'tool', name: 'json_tool_call' });
  });

  const answerFrame = { ...FRAME, answerTool: 'json_tool_call' };

  test("Q15: comes back as the answer's text, whole", () => {
    const input = { age: 7 };
    const content = [{ type: 'tool_use', id: 't', name: 'json_tool_call', input }];
    const usage = { input_tokens: 1, output_tokens: 1 };
    const answer = translateAnswer({ content, stop_reason: 'tool_use', usage }, answerFrame);
    expect(answer['choices']).toMatchObject([{ message: { content: '{"age":7}' }, finish_reason: 'stop' }]);
    expect(JSON.stringify(answer)).not.toContain('tool_calls');
  });

  test("Q15: comes back as the answer's text, streamed", () => {
    const { text } = translateStream(
      [
        frame(
          { type: 'message_start', message: { id: 'm', usage: { input_tokens: 1, output_tokens: 1 } } },
          {
            type: 'content_block_start',
            index: 0,
            content_block: { type: 'tool_use', id: 't', name: 'json_tool_call', input: {} },
          },
          {
            type: 'content_block_delta',
            index: 0,
            delta: { type: 'input_json_delta', partial_json: '{"age"' },
          },
          { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: ':7}' } },
          { type: 'content_block_stop', index: 0 },
          { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 4 } },
          { type: 'message_stop' },
        ),
      ],
      { frame: answerFrame },
    );
    const { chunks, isDone } = readStream(text);
    expect(isDone).toBe(true);
    expect(chunks.map((chunk) => chunk.choices?.[0]?.delta.content ?? '').join('')).toBe('{"age":7}');
    expect(chunks.some((chunk) => chunk.choices?.[0]?.delta.tool_calls)).toBe(false);
    expect(chunks.find((chunk) => chunk.choices?.[0]?.finish_reason)?.choices?.[0]?.finish_reason).toBe(
      'stop',
    );
  });

  test.each([
    [{ type: 'yaml' }, 'response_format.type'],
    [{ type: 'json_schema' }, 'response_format.json_schema'],
    [{ type: 'json_schema', json_schema: { schema } }, 'response_format.json_schema.name'],
    [{ type: 'json_schema', json_schema: { name: 'a', schema: 'b' } }, 'response_format.json_schema.schema'],
    ['json', 'response_format'],
  ])('Q15: %j is refused, naming %s', (response_format, param) => {
    expect(refusalOf({ response_format }).param).toBe(param);
  });
});
