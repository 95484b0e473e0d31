import { setImmediate as turn } from 'node:timers/promises';
import { createPace } from '../../gateway/store/pace';
import { Spool } from '../../gateway/http/spool';
import { createTurnsInLine } from '../../gateway/concurrency/turns-in-line';

const LIMITS = { atOnce: 2, atOnceOfOne: 1, waiting: 3, waitingOfOne: 2, waitMs: 600_000 };
const never = new AbortController().signal;
const refusal = () => new Error('too many');

/** Work that ends when it is told to. */
function held() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (name: string) => () => {
    begun.push(name);
    return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
  };
  return { begun, work, end: (name: string) => ends.get(name)?.() };
}

test('each caller has one turn at a time, and the next is the first in line that may run', async () => {
  const turns = createTurnsInLine(LIMITS);
  const { begun, work, end } = held();
  const ask = (caller: string, name: string) => turns.run(caller, never, work(name), refusal);
  const all = [ask('ann', 'a1'), ask('ann', 'a2'), ask('bob', 'b1'), ask('cleo', 'c1'), ask('ann', 'a3')];
  await turn();
  expect(begun).toEqual(['a1', 'b1']);
  await expect(ask('ann', 'a4')).rejects.toThrow('too many');
  await expect(ask('dan', 'd1')).rejects.toThrow('too many');
  end('b1');
  await turn();
  // Ann is before Cleo in line, and has a turn already.
  expect(begun).toEqual(['a1', 'b1', 'c1']);
  for (const name of ['a1', 'a2', 'a3', 'c1']) {
    end(name);
    await turn();
  }
  expect(begun).toEqual(['a1', 'b1', 'c1', 'a2', 'a3']);
  expect(await Promise.all(all)).toEqual(['a1', 'a2', 'b1', 'c1', 'a3']);
});

test('who leaves the line, or waits too long, has no turn; a turn that failed is given back', async () => {
  const turns = createTurnsInLine({ ...LIMITS, waitMs: 1 });
  const { begun, work, end } = held();
  const first = turns.run('ann', never, work('a1'), refusal);
  await expect(turns.run('ann', never, work('a2'), refusal)).rejects.toThrow('too many');
  const leaving = new AbortController();
  const gone = createTurnsInLine(LIMITS);
  const holder = gone.run('ann', never, work('g1'), refusal);
  const waiting = gone.run('ann', leaving.signal, work('g2'), refusal);
  leaving.abort(new Error('left'));
  await expect(waiting).rejects.toThrow('left');
  end('a1');
  end('g1');
  await Promise.all([first, holder]);
  await expect(turns.run('ann', never, () => Promise.reject(new Error('broken')), refusal)).rejects.toThrow(
    'broken',
  );
  expect(await turns.run('ann', never, () => Promise.resolve('again'), refusal)).toBe('again');
  expect(begun).toEqual(['a1', 'g1']);
});

test('pieces go one after the other, also after one that failed', async () => {
  const pace = createPace(() => false);
  const { begun, work, end } = held();
  const first = pace.take(work('1'));
  const failing = pace.take(() => Promise.reject(new Error('broken')));
  const last = pace.take(work('2'));
  failing.catch(() => {});
  await turn();
  expect(begun).toEqual(['1']);
  end('1');
  await expect(failing).rejects.toThrow('broken');
  await first;
  await turn();
  expect(begun).toEqual(['1', '2']);
  end('2');
  expect(await last).toBe('2');
});

test('while there are calls, the time after a piece is theirs', async () => {
  const spans: number[] = [];
  const pace = createPace(() => true);
  const piece = () => {
    spans.push(performance.now());
    return new Promise((resolve) => setTimeout(resolve, 20));
  };
  await Promise.all([pace.take(piece), pace.take(piece)]);
  // Its own twenty milliseconds and three times as much.
  expect((spans[1] ?? 0) - (spans[0] ?? 0)).toBeGreaterThan(75);
});

test('an answer that grows beyond its limit is given up', async () => {
  const spool = new Spool(10, refusal);
  await spool.add('12345');
  await expect(spool.add('678901')).rejects.toThrow('too many');
  await spool.close();
});
