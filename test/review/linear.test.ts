/** What a longer change takes more is what is longer of it: counted in what is run, read and copied, never in time. */
import childProcess from 'node:child_process';
import { Session } from 'node:inspector/promises';
import type { Socket } from 'node:net';
import { resolve } from 'node:path';
import { NO_CACHE } from '../../review/cache';
import { prepare } from '../../review/prepare';
import { makeQuestions } from '../../review/questions';
import { makeRepository } from './support/repository';

const ROOMS = ['review', 'masking'].map((room) => `${resolve(__dirname, '../..', room)}/`);
const FILE_BYTES = 100_000;
const SIGNS = '0123456789abcdefghijklmnopqrstuvwxyzABCD';

interface Work {
  /** Times that a block of our code was run. */
  readonly blocks: number;
  /** Bytes that git has written for us. */
  readonly read: number;
  /** Bytes that were put together from pieces. */
  readonly copied: number;
}

const session = new Session();
beforeAll(async () => {
  session.connect();
  await session.post('Profiler.enable');
  // Once for all: what is compiled before it is not counted by blocks.
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
});
afterAll(() => session.disconnect());

/** What our rooms do meanwhile. */
async function workOf(what: () => Promise<void>): Promise<Work> {
  await blocksSince();
  let [read, copied] = [0, 0];
  const concat = Buffer.concat.bind(Buffer);
  const joining = jest.spyOn(Buffer, 'concat').mockImplementation((parts, length) => {
    const whole = concat(parts, length);
    copied += whole.length;
    return whole;
  });
  const starting = jest.spyOn(childProcess, 'spawn');
  try {
    await what();
    const blocks = await blocksSince();
    for (const { value } of starting.mock.results as { value: { stdout: Socket } }[])
      read += value.stdout.bytesRead;
    return { blocks, read, copied };
  } finally {
    joining.mockRestore();
    starting.mockRestore();
  }
}

/** Since it was asked last. */
async function blocksSince(): Promise<number> {
  const { result } = await session.post('Profiler.takePreciseCoverage');
  return result
    .filter(({ url }) => ROOMS.some((room) => url.includes(room)))
    .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges))
    .reduce((sum, { count }) => sum + count, 0);
}

/** Lines as people write them; now and then what looks like a secret, and a name that others use. */
function files(megabytes: number): Record<string, string> {
  const line = (file: number, at: number): string => {
    if (at % 400 === 1) return `export function total${file}(values: number[]) {`;
    if (at % 200 === 0) return `  const token = "ghp_${SIGNS.slice(at % 4, (at % 4) + 36)}";`;
    return `  sums[${at}] = (values[${at}] ?? 0) * ${file} + offset("of line ${at}", { at: ${at} });`;
  };
  return Object.fromEntries(
    Array.from({ length: (megabytes * 1_000_000) / FILE_BYTES }, (_, file) => {
      const lines: string[] = [];
      for (let [at, bytes] = [0, 0]; bytes < FILE_BYTES; at += 1) {
        const text = line(file, at);
        lines.push(text);
        bytes += text.length + 1;
      }
      return [`src/part${file % 10}/file${file}.ts`, lines.join('\n')];
    }),
  );
}

/** Of the whole difference; four of them are kept, the rest is named. */
const MEGABYTES = [1, 2, 4, 10];

test('each further megabyte of a change is as much work as the one before at most, up to ten of them', async () => {
  const works: Work[] = [];
  for (const megabytes of MEGABYTES) {
    const repository = makeRepository({});
    repository.commit('large', files(megabytes));
    const work = await workOf(async () => {
      const prepared = await prepare({
        folder: repository.folder,
        target: { kind: 'range', range: 'main...HEAD' },
        contextTokens: 4_000,
      });
      const model = { id: 'claude-haiku', price: undefined };
      const { asked } = await makeQuestions(prepared, { review: model, refute: model }, NO_CACHE);
      prepared.close();
      expect(asked.length).toBeGreaterThan(20);
    });
    repository.remove();
    works.push(work);
  }
  for (const kind of ['blocks', 'read', 'copied'] as const) {
    const further = works.slice(1).map((work, at) => {
      const megabytes = (MEGABYTES[at + 1] ?? 0) - (MEGABYTES[at] ?? 0);
      return (work[kind] - (works[at]?.[kind] ?? 0)) / megabytes;
    });
    const isMore = further.slice(1).map((each, at) => each > 1.1 * (further[at] ?? 0));
    expect({ kind, isCounted: (further[0] ?? 0) > 100_000, isMore }).toEqual({
      kind,
      isCounted: true,
      isMore: [false, false],
    });
  }
});
