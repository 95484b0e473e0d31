import { createPulse } from '../../gateway/ledger/pulse';

const [DEAD_AFTER, GAP] = [30_000, 15_000];

test('a process is steady once it has been beating without a gap for as long as it gives others', () => {
  const pulse = createPulse();
  expect(pulse.isSteady(0, 0, GAP)).toBe(false);
  for (let now = 1_000; now < 31_000; now += 5_000) {
    expect(pulse.isSteady(now, DEAD_AFTER, GAP)).toBe(false);
    pulse.beaten(now, GAP);
  }
  expect(pulse.isSteady(30_999, DEAD_AFTER, GAP)).toBe(false);
  expect(pulse.isSteady(31_000, DEAD_AFTER, GAP)).toBe(true);
  // The other side sees the same.
  expect(createPulse(pulse.memory).isSteady(31_000, DEAD_AFTER, GAP)).toBe(true);
});

test('a beat that was missed, a clock that went on while nothing ran, and one that was set back are gaps', () => {
  for (const gap of ['missed', 'asleep', 'set back']) {
    const pulse = createPulse();
    let now = 1_000_000;
    const beatFor = (ms: number) => {
      for (const end = now + ms; now < end; now += 5_000) pulse.beaten(now, GAP);
    };
    beatFor(40_000);
    expect(pulse.isSteady(now, DEAD_AFTER, GAP)).toBe(true);
    if (gap === 'missed') pulse.missed();
    else now += gap === 'asleep' ? 600_000 : -600_000;
    // Before the next beat, too: the main loop may be the first to wake.
    expect(pulse.isSteady(now, DEAD_AFTER, GAP)).toBe(false);
    beatFor(25_000);
    expect(pulse.isSteady(now, DEAD_AFTER, GAP)).toBe(false);
    beatFor(10_000);
    expect(pulse.isSteady(now, DEAD_AFTER, GAP)).toBe(true);
  }
});
