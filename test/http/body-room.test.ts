import { createBodyRoom, type BodyHold, type BodyRoom } from '../../gateway/http/body-room';

describe('the room for bodies', () => {
  let time: number;
  let room: BodyRoom;
  beforeEach(() => {
    time = 0;
    room = createBodyRoom({ total: 1_000_000, share: 400_000 }, () => time);
  });
  const code = (work: () => void): unknown => {
    try {
      work();
      return undefined;
    } catch (fault) {
      return (fault as { code?: unknown }).code;
    }
  };
  const aCut = () => jest.fn<void, [unknown]>();
  const coming = (caller: string, cut = aCut()): BodyHold => {
    const hold = room.enter(caller);
    hold.begin(undefined, (error) => {
      cut(error);
      hold.release();
    });
    return hold;
  };

  test('a caller holds its share and no more, over all of its bodies', () => {
    const [one, other] = [coming('a'), coming('a')];
    one.take(300_000);
    expect(code(() => other.take(100_001))).toBe('key_bodies_too_large');
    other.take(100_000);
    one.release();
    one.release();
    other.take(300_000);
    expect(room.held).toBe(400_000);
  });

  test('what is announced and has no room is refused before it comes', () => {
    coming('a').take(300_000);
    expect(code(() => room.enter('a').begin(100_001, () => {}))).toBe('key_bodies_too_large');
    expect(room.held).toBe(300_000);
  });

  test('what a caller has announced and not sent yet is kept for it, of its own share', () => {
    const first = room.enter('a');
    first.begin(300_000, () => {});
    const second = room.enter('a');
    expect(code(() => second.begin(100_001, () => {}))).toBe('key_bodies_too_large');
    second.begin(undefined, () => {});
    expect(code(() => second.take(100_001))).toBe('key_bodies_too_large');
    first.take(1_000);
    first.end();
    second.take(399_000);
    expect(room.held).toBe(400_000);
  });

  test('a caller gets half of what the others leave, so that something is left for whoever comes', () => {
    const most = (caller: string): number => {
      const hold = coming(caller);
      let bytes = 0;
      while (code(() => hold.take(1_000)) === undefined) bytes += 1_000;
      return bytes;
    };
    expect(most('a')).toBe(400_000);
    expect(most('b')).toBe(300_000);
    expect(most('c')).toBe(150_000);
    expect(most('d')).toBe(75_000);
    const late = coming('e');
    expect(code(() => late.take(75_000))).toBe('bodies_too_large');
    expect(code(() => late.take(37_500))).toBeUndefined();
  });

  test('a body that hardly goes on makes room where another needs it, and only there', () => {
    const [cutSlow, cutQuick, cutWhole] = [aCut(), aCut(), aCut()];
    const slow = coming('a', cutSlow);
    const quick = coming('b', cutQuick);
    const whole = coming('c', cutWhole);
    slow.take(400_000);
    slow.progress(400_000);
    quick.take(300_000);
    whole.take(100_000);
    whole.end();
    for (const next of [3_000, 6_000]) {
      time = next;
      // A byte now and then is no progress.
      slow.progress(1);
      quick.progress(64 * 1024);
    }
    const late = coming('d');
    late.take(100_000);
    expect(cutSlow).not.toHaveBeenCalled();
    late.take(100_000);
    expect(cutSlow.mock.calls).toEqual([[expect.objectContaining({ code: 'request_too_slow' })]]);
    expect(cutQuick).not.toHaveBeenCalled();
    expect(cutWhole).not.toHaveBeenCalled();
    expect(room.held).toBe(600_000);
  });

  test('a slow body makes room for the next of its own caller', () => {
    const [slowCut, quickCut] = [aCut(), aCut()];
    const slow = coming('a', slowCut);
    slow.take(300_000);
    time = 6_000;
    const quick = coming('a', quickCut);
    quick.take(200_000);
    expect(slowCut).toHaveBeenCalledTimes(1);
    expect(quickCut).not.toHaveBeenCalled();
    expect(code(() => coming('a').take(300_000))).toBe('key_bodies_too_large');
  });

  test('what is written in the place of a body may be more than it, while there is room at all', () => {
    const hold = coming('a');
    hold.take(400_000);
    hold.end();
    hold.change(900_000);
    expect(room.held).toBe(900_000);
    const other = coming('b');
    other.take(50_000);
    expect(code(() => hold.change(950_001))).toBe('bodies_too_large');
    hold.change(100);
    expect(room.held).toBe(50_100);
    hold.release();
    other.release();
    expect(room.held).toBe(0);
  });
});
