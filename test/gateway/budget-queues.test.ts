import { createBudgetQueues, type BudgetQueues, type WaitingPlace } from '../../gateway/ledger/budget-queues';

const LONG = 600_000;

describe('who waits for a budget', () => {
  let queues: BudgetQueues;
  beforeEach(() => {
    queues = createBudgetQueues(4, 3);
  });

  const enter = (key = 'key') => {
    const order = queues.nextOrder();
    const place = queues.enter(key, order) as WaitingPlace;
    return { order, place };
  };
  const accounts = (...ids: string[]) => ids.map((id) => ({ id }));
  /** What the place was told so far. */
  const listen = (place: WaitingPlace, pauseMs = LONG, limitMs = LONG) => {
    const heard: string[] = [];
    place.turn(pauseMs, limitMs).then(
      (reason) => heard.push(reason),
      (fault: Error) => heard.push((fault as { code?: string }).code ?? fault.message),
    );
    return heard;
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));

  test('is told by the account of an end, in the order of coming, and only the first', async () => {
    const [first, second] = [enter(), enter()];
    // The later one comes to the queue first.
    second.place.moveTo('a', undefined);
    first.place.moveTo('a', undefined);
    const [firstHeard, secondHeard] = [listen(first.place), listen(second.place)];
    queues.noteEnd(['b']);
    await settle();
    expect([firstHeard, secondHeard]).toEqual([[], []]);
    queues.noteEnd(['b', 'a']);
    await settle();
    expect([firstHeard, secondHeard]).toEqual([['ended'], []]);
    first.place.leave();
    await settle();
    expect(secondHeard).toEqual(['first']);
    second.place.leave();
    expect(queues.size).toBe(0);
  });

  test('hears at its next wait of what came up while it asked', async () => {
    const { place } = enter();
    place.moveTo('a', undefined);
    queues.noteEnd(['a']);
    expect(await place.turn(LONG, LONG)).toBe('ended');
    const heard = listen(place);
    await settle();
    expect(heard).toEqual([]);
    place.leave();
  });

  test('stands before whoever comes later, of those accounts only', () => {
    const before = queues.nextOrder();
    const { place, order } = enter();
    place.moveTo('a', undefined);
    const after = queues.nextOrder();
    expect(queues.busy(accounts('b', 'a'), after)).toEqual({ id: 'a' });
    expect(queues.busy(accounts('b'), after)).toBeUndefined();
    expect(queues.busy(accounts('a'), before)).toBeUndefined();
    expect(queues.busy(accounts('a'), order)).toBeUndefined();
    place.moveTo('b', undefined);
    expect(queues.busy(accounts('a'), after)).toBeUndefined();
    place.leave();
    expect(queues.busy(accounts('a', 'b'), after)).toBeUndefined();
  });

  test('takes turns with other keys: nobody waits for more than one call of each', async () => {
    queues = createBudgetQueues(20, 10);
    const places = ['busy', 'busy', 'busy', 'busy', 'late', 'later', 'late'].map((key) => ({
      key,
      ...enter(key),
    }));
    for (const { place } of places) place.moveTo('team', undefined);
    const served: string[] = [];
    const asking = places.map(async ({ key, place }) => {
      // Whoever is the first at once hears of the next end.
      await place.turn(LONG, LONG);
      served.push(key);
      place.leave();
    });
    queues.noteEnd(['team']);
    await Promise.all(asking);
    expect(served).toEqual(['busy', 'late', 'later', 'busy', 'late', 'busy', 'busy']);
    expect(queues.size).toBe(0);
  });

  test('gives a key that comes later no more turns than those that wait', async () => {
    queues = createBudgetQueues(20, 10);
    const serve = async ({ place }: { place: WaitingPlace }) => {
      expect(await place.turn(10, LONG)).not.toBe('late');
      place.leave();
    };
    const [one, two, three] = [enter('a'), enter('a'), enter('a')];
    for (const { place } of [one, two, three]) place.moveTo('team', undefined);
    await serve(one);
    await serve(two);
    const [fresh, again] = [enter('b'), enter('b')];
    for (const { place } of [fresh, again]) place.moveTo('team', undefined);
    const heard = listen(again.place);
    await serve(three);
    await serve(fresh);
    await settle();
    expect(heard).toEqual(['first']);
    again.place.leave();
  });

  test('asks again after a pause while it is the first, and is late at its limit wherever it stands', async () => {
    const [first, second] = [enter(), enter()];
    first.place.moveTo('a', undefined);
    second.place.moveTo('a', undefined);
    const late = second.place.turn(1, 30);
    expect(await first.place.turn(5, LONG)).toBe('paused');
    expect(await late).toBe('late');
    expect(await first.place.turn(LONG, 0)).toBe('late');
    first.place.leave();
    second.place.leave();
  });

  test('goes on at once when it is interrupted', async () => {
    const { place } = enter();
    place.moveTo('a', undefined);
    const waiting = place.turn(LONG, LONG);
    place.interrupt();
    expect(await waiting).toBe('late');
    place.leave();
    place.leave();
    expect(queues.size).toBe(0);
  });

  test('is bounded, by key and over all', () => {
    const places = ['a', 'a', 'a', 'b'].map((key) => enter(key).place);
    expect(places.every((place) => place !== undefined)).toBe(true);
    expect(enter('c').place).toBeUndefined();
    places[3]?.leave();
    expect(enter('a').place).toBeUndefined();
    expect(enter('c').place).toBeDefined();
  });

  test('is sent away at the end, and nobody waits after it', async () => {
    const [first, asking] = [enter(), enter()];
    first.place.moveTo('a', undefined);
    asking.place.moveTo('b', undefined);
    const heard = listen(first.place);
    queues.close();
    await settle();
    expect(heard).toEqual(['shutting_down']);
    await expect(asking.place.turn(LONG, LONG)).rejects.toMatchObject({ code: 'shutting_down' });
    expect(() => enter()).toThrow(/shutting down/);
  });
});
