import { Roster } from '../../gateway/concurrency/roster';

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
