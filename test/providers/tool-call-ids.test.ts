import fc from 'fast-check';
import { PlainIds, shortId } from '../../gateway/model/tool-call-id';
import type { ContentBlock, Turn } from '../../gateway/model/request';
import { fitHistory } from '../../gateway/providers/messages/fit-history';
import { writeMessages } from '../../gateway/providers/openai-compatible/write-messages';

const CASES = Number(process.env['DIFFERENTIAL_CASES'] ?? 2_000);
const SEED = Number(process.env['DIFFERENTIAL_SEED'] ?? 20_261_129);

/** What Anthropic takes. */
const PLAIN = /^[A-Za-z0-9_-]{1,64}$/;

/** Such as others are made of: no, odd and many characters, halves of some, and what was made before. */
const hostile = fc.oneof(
  fc.constantFrom(
    '',
    'call',
    'a',
    'a_2',
    'a.2',
    'a:2',
    'functions.read:0',
    'functions_read_0',
    '\ud800',
    '\udc00',
    'é',
  ),
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc.constantFrom('x', 'x_2', 'é').map((end) => 'a'.repeat(70) + end),
  fc.constantFrom('', 'b'.repeat(90), '漢').map(shortId),
);

/** Ids of the calls of each turn. */
const history = fc.array(fc.uniqueArray(hostile, { minLength: 1, maxLength: 4 }), {
  minLength: 1,
  maxLength: 4,
});

const turnsOf = (calls: readonly (readonly string[])[]): Turn[] =>
  calls.flatMap((ids, at): Turn[] => [
    {
      role: 'assistant',
      content: ids.map((id, index) => ({ type: 'tool_use', id, name: `n${at}_${index}`, input: {} })),
    },
    {
      role: 'user',
      // Results may come in another order than their calls.
      content: ids
        .map((id, index): ContentBlock => ({
          type: 'tool_result',
          tool_use_id: id,
          content: `n${at}_${index}`,
        }))
        .reverse(),
    },
  ]);

/** For each call the id it has, and the id of its result. */
const pairsIn = (turns: readonly Turn[]): [string, string][] => {
  const blocks = turns.flatMap(({ content }) => content);
  return blocks.flatMap((block): [string, string][] => {
    if (block.type !== 'tool_use') return [];
    const result = blocks.find((each) => each.type === 'tool_result' && each.content === block.name);
    return [[block.id, result?.type === 'tool_result' ? result.tool_use_id : 'none']];
  });
};

test('whatever ids a history has, Anthropic takes them, each is another, and results find their calls', () => {
  fc.assert(
    fc.property(history, (calls) => {
      const { turns } = fitHistory(turnsOf(calls));
      const pairs = pairsIn(turns);
      expect(pairs).toHaveLength(calls.flat().length);
      for (const [id, result] of pairs) {
        expect(id).toMatch(PLAIN);
        expect(result).toBe(id);
      }
      expect(new Set(pairs.map(([id]) => id)).size).toBe(pairs.length);
      // What is added later changes nothing of what a provider has cached.
      expect(fitHistory(turnsOf([...calls, ['a.2', 'a_2']])).turns.slice(0, turns.length)).toEqual(turns);
    }),
    { seed: SEED, numRuns: CASES },
  );
});

test('the turns stay the very same where all ids are plain and used once', () => {
  const turns = turnsOf([['toolu_1', 'toolu_2'], ['call-3']]);
  expect(fitHistory(turns).turns).toBe(turns);
});

test('an endpoint gets its own ids back, and of those that no server takes others that are as different', () => {
  fc.assert(
    fc.property(fc.uniqueArray(hostile, { minLength: 1, maxLength: 8 }), (ids) => {
      const written = writeMessages({ system: [], turns: turnsOf([ids]) });
      const [{ tool_calls: calls = [] } = {}, ...results] = written;
      const sent = (calls as readonly { readonly id: string }[]).map(({ id }) => id);
      expect(new Set(sent).size).toBe(ids.length);
      expect(results.map(({ tool_call_id: id }) => id).reverse()).toEqual(sent);
      ids.forEach((id, at) => {
        expect(sent[at]?.length).toBeGreaterThan(0);
        expect(sent[at]?.length).toBeLessThanOrEqual(64);
        if (id !== '' && id.length <= 64 && !id.startsWith('call_x')) expect(sent[at]).toBe(id);
      });
    }),
    { seed: SEED, numRuns: CASES },
  );
});

test('a hundred thousand calls of ids that become the same are told apart in no time', () => {
  const ids = new PlainIds();
  const base = 'a'.repeat(60);
  const made = new Set<string>();
  for (let at = 0; at < 50_000; at += 1) {
    made.add(ids.next(`${base}.${String(at % 500).padStart(3, '0')}`));
    made.add(ids.next(`${base}_${at % 7}`));
  }
  expect(made.size).toBe(100_000);
});
