import { Roster } from '../../gateway/roster';
import { age, outliving } from './support/outliving';

test('holds those who entered and have not left, whatever the order', () => {
  const roster = new Roster<string>();
  const [ada, grace, alan] = [roster.enter('ada'), roster.enter('grace'), roster.enter('alan')];
  expect([...roster].sort()).toEqual(['ada', 'alan', 'grace']);
  roster.leave(ada);
  expect([...roster].sort()).toEqual(['alan', 'grace']);
  roster.leave(alan);
  const again = roster.enter('ada');
  expect([...roster].sort()).toEqual(['ada', 'grace']);
  roster.leave(grace);
  roster.leave(again);
  expect([roster.size, [...roster]]).toEqual([0, []]);
});

test('leaving twice takes nobody else away', () => {
  const roster = new Roster<string>();
  const ada = roster.enter('ada');
  roster.leave(ada);
  const grace = roster.enter('grace');
  roster.leave(ada);
  expect([...roster]).toEqual(['grace']);
  roster.leave(grace);
  roster.leave(grace);
  expect(roster.size).toBe(0);
});

test('who leaves while all are told is told all the same, and nobody twice', () => {
  const roster = new Roster<number>();
  const places = [1, 2, 3, 4].map((item) => roster.enter(item));
  const told: number[] = [];
  for (const item of roster) {
    told.push(item);
    for (const place of places.slice(0, 2)) roster.leave(place);
  }
  expect(told).toEqual([1, 2, 3, 4]);
  expect([...roster].sort()).toEqual([3, 4]);
});

test('keeps nothing of who has left, however long it lives itself', async () => {
  const kept = await outliving(() => {
    const roster = new Roster<number[]>();
    const inside = Array.from({ length: 16 }, () => roster.enter([]));
    // From here on its own memory counts as old.
    age();
    for (let call = 0; call < 20_000; call += 1) {
      const oldest = inside[call % inside.length];
      inside[call % inside.length] = roster.enter(new Array<number>(100).fill(call));
      if (oldest) roster.leave(oldest);
    }
    expect(roster.size).toBe(16);
  });
  // A Set keeps all of it: 16 MB.
  expect(kept).toBeLessThan(4_000_000);
});
