import fc from 'fast-check';
import { GatewayError } from '../../gateway/errors';
import { weighMedia } from '../../gateway/model/media-weight';
import { readRequest } from '../../gateway/protocols/anthropic-messages/read-request';
import { markForCache } from '../../gateway/providers/messages/cache-marks';
import { writeMembers } from '../../gateway/providers/messages/write-members';
import { modelNamed } from './support/models';

const model = modelNamed('claude-sonnet-4-5');

/** Words that mean something at some place, so that bodies get past the first check. */
const WORDS = [
  'text',
  'image',
  'document',
  'tool_use',
  'tool_result',
  'thinking',
  'base64',
  'url',
  'content',
  'ephemeral',
  'user',
  'assistant',
  'auto',
  '',
  ' ',
];
const KEYS = [
  'type',
  'text',
  'content',
  'source',
  'data',
  'cache_control',
  'ttl',
  'id',
  'name',
  'input',
  'input_schema',
  'role',
  'budget_tokens',
  '__proto__',
];

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    fc.constantFrom(...WORDS, null, 0, -1, 1e300, true),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('fields'),
  ),
  fields: fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 5, noNullPrototype: true }),
}));
/** Mostly what belongs there, else anything. */
const mostly = (right: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: value });
const perhaps = (right: fc.Arbitrary<unknown>) => fc.option(mostly(right), { nil: undefined, freq: 2 });
const word = fc.constantFrom(...WORDS);
const source = fc.record({
  type: mostly(fc.constantFrom('base64', 'url', 'text', 'content')),
  data: mostly(word),
  url: mostly(fc.constant('https://example.com/x')),
  content: mostly(fc.oneof(word, fc.constant([{ type: 'text', text: 'x' }]))),
});
const mark = perhaps(fc.record({ type: mostly(fc.constant('ephemeral')), ttl: perhaps(word) }));
const block = fc.record({
  type: mostly(fc.constantFrom(...WORDS.slice(0, 6))),
  text: mostly(word),
  content: perhaps(fc.constantFrom('x', [], [{ type: 'text', text: 'x' }], [null])),
  source: mostly(source),
  id: mostly(word),
  name: mostly(word),
  cache_control: mark,
});
const message = fc.record({
  role: mostly(fc.constantFrom('user', 'assistant')),
  content: mostly(fc.oneof(word, fc.array(block, { maxLength: 4 }))),
});
const body = fc.record({
  model: fc.constant('m'),
  max_tokens: mostly(fc.constantFrom(1, 5_000)),
  messages: mostly(fc.array(mostly(message), { minLength: 1, maxLength: 4 })),
  system: perhaps(fc.constantFrom('x', [{ type: 'text', text: 'x' }])),
  tools: perhaps(
    fc.array(fc.record({ name: word, input_schema: mostly(fc.constant({})), cache_control: mark })),
  ),
  thinking: perhaps(fc.record({ type: fc.constantFrom('enabled', 'disabled'), budget_tokens: value })),
  metadata: perhaps(fc.record({ user_id: mostly(word) })),
  cache_control: mark,
});

test('whatever the body, it is refused by an entry of the table or can be sent', () => {
  let read = 0;
  fc.assert(
    fc.property(body, (given) => {
      // As it would arrive: plain JSON.
      const parsed: unknown = JSON.parse(JSON.stringify(given));
      let request;
      try {
        request = readRequest(parsed, {});
      } catch (fault) {
        expect(fault).toBeInstanceOf(GatewayError);
        return;
      }
      read += 1;
      markForCache(request, 10_000, 1_000);
      expect(weighMedia(request.turns).images).toBeGreaterThanOrEqual(0);
      expect(() => void JSON.parse(`{${writeMembers(request, model).members.toString()}}`)).not.toThrow();
    }),
    { numRuns: 3_000, seed: 20_260_801 },
  );
  expect(read).toBeGreaterThan(300);
});
