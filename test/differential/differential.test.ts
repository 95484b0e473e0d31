import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { directly, through, type Asking } from './asking';
import { COMPATIBLE } from '../fuzz/providers';
import { isSilent, SILENT } from './chat-script';
import { cases, type Case } from './conversation';
import { cut } from './cut';
import { bothAsked, CHAT_TO_ANTHROPIC, OTHER_WAYS, type Way } from './ways';

const CASES = Number(process.env['DIFFERENTIAL_CASES'] ?? 2_000);
const SEED = Number(process.env['DIFFERENTIAL_SEED'] ?? 20_261_121);

// The SDK tells at each call when a model will retire.
beforeAll(() => void jest.spyOn(console, 'warn').mockImplementation(() => {}));

interface Try {
  readonly way: Way;
  readonly ask: Asking;
  count: number;
}

/** Every so many cases go another way as well, each of them in turn. */
const OTHER_EVERY = 2;
/** Milliseconds for a case on a machine with too much to do. */
const CASE_MS = 100;

const expectSilence = async (asked: Promise<unknown>): Promise<void> => {
  const fault: unknown = await asked.catch((thrown: Error) => thrown.cause);
  expect((fault as Error).message).toMatch(SILENT);
};

const tryOf = (way: Way): Try => ({ way, ask: through(way), count: 0 });

test(
  'SDKs see through the gateway what Anthropic’s sees without it, whoever is behind it',
  async () => {
    const direct = directly();
    const first = tryOf(CHAT_TO_ANTHROPIC);
    const others = OTHER_WAYS.map(tryOf);
    let turn = 0;
    const see = async ({ conversation, answer, cuts }: Case): Promise<void> => {
      const reply = { answer, chunks: (stream: Buffer) => cut(stream, cuts) };
      const { seen: expected, sent: directlySent } = await direct(conversation, reply);
      turn += 1;
      const other = turn % OTHER_EVERY === 0 ? others[(turn / OTHER_EVERY) % others.length] : undefined;
      for (const one of [first, ...(other ? [other] : [])]) {
        const { way, ask } = one;
        if (way.provider === COMPATIBLE && isSilent(answer)) {
          one.count += 1;
          await expectSilence(ask(conversation, reply));
          continue;
        }
        const { seen, sent } = await ask(conversation, reply);
        const { asked, expected: toAsk } = bothAsked(way.provider, sent, directlySent);
        one.count += 1;
        // The comparison for people is many times as slow, and right about what these two are too strict with.
        if (JSON.stringify(seen) !== JSON.stringify(expected) || !isDeepStrictEqual(asked, toAsk))
          expect({ way: way.name, seen, asked }).toEqual({ way: way.name, seen: expected, asked: toAsk });
      }
    };
    await fc.assert(fc.asyncProperty(cases, see), { seed: SEED, numRuns: CASES });
    const least = Math.floor(CASES / OTHER_EVERY / others.length);
    for (const { way, count } of others)
      expect({ way: way.name, isTried: count >= least }).toMatchObject({ isTried: true });
    expect(first.count).toBe(CASES);
  },
  Math.max(300_000, CASES * CASE_MS),
);
