import { createDeploymentHealth } from '../../../gateway/health/deployment-health';
import { createLogger } from '../../../gateway/log';

const COOL_DOWN = 5_000;
const NAME = 'anthropic/one';

function started() {
  const logs: string[] = [];
  let time = 1_000_000;
  const health = createDeploymentHealth(
    createLogger('info', (line) => logs.push(line)),
    COOL_DOWN,
    () => time,
  );
  return { health, logs, pass: (ms: number) => (time += ms) };
}

describe('a deployment', () => {
  test('may be asked by everybody until it fails, and others are not concerned', () => {
    const { health } = started();
    expect([health.mayAsk(NAME), health.mayAsk(NAME)]).toEqual([true, true]);
    health.failed(NAME, 'provider_failed');
    expect([health.mayAsk(NAME), health.mayAsk('anthropic/two')]).toEqual([false, true]);
  });

  test('that failed is left alone for its pause; then one call finds out, and all may ask once it answered', () => {
    const { health, pass } = started();
    health.failed(NAME, 'provider_failed');
    pass(COOL_DOWN - 1);
    expect(health.mayAsk(NAME)).toBe(false);
    pass(1);
    expect([health.mayAsk(NAME), health.mayAsk(NAME), health.mayAsk(NAME)]).toEqual([true, false, false]);
    health.answered(NAME, health.now());
    expect([health.mayAsk(NAME), health.mayAsk(NAME)]).toEqual([true, true]);
  });

  test('pauses or does not, whoever asks that: the call that finds out is not used up by it', () => {
    const { health, pass } = started();
    expect(health.isPaused(NAME)).toBe(false);
    health.failed(NAME, 'provider_failed');
    pass(COOL_DOWN - 1);
    expect(health.isPaused(NAME)).toBe(true);
    pass(1);
    expect([health.isPaused(NAME), health.isPaused(NAME)]).toEqual([false, false]);
    expect(health.mayAsk(NAME)).toBe(true);
    expect(health.isPaused(NAME)).toBe(true);
  });

  test('that fails again pauses anew', () => {
    const { health, pass } = started();
    health.failed(NAME, 'provider_failed');
    pass(COOL_DOWN);
    expect(health.mayAsk(NAME)).toBe(true);
    health.failed(NAME, 'provider_failed');
    pass(COOL_DOWN - 1);
    expect(health.mayAsk(NAME)).toBe(false);
  });

  test('that names a longer pause gets it, and a shorter one does not shorten ours', () => {
    const { health, pass } = started();
    health.failed(NAME, 'provider_rate_limited', 20_000);
    pass(19_999);
    expect(health.mayAsk(NAME)).toBe(false);
    pass(1);
    expect(health.mayAsk(NAME)).toBe(true);
    health.failed(NAME, 'provider_rate_limited', 1);
    pass(COOL_DOWN - 1);
    expect(health.mayAsk(NAME)).toBe(false);
  });

  test('whose call to find out told nothing is found out about by the next, at once or when it takes too long', () => {
    const { health, pass } = started();
    health.failed(NAME, 'provider_failed');
    pass(COOL_DOWN);
    expect(health.mayAsk(NAME)).toBe(true);
    health.untold(NAME);
    expect([health.mayAsk(NAME), health.mayAsk(NAME)]).toEqual([true, false]);
    pass(60_000);
    expect([health.mayAsk(NAME), health.mayAsk(NAME)]).toEqual([true, false]);
  });

  test('is not taken for well by an answer to what was asked before it failed, nor by a call that told nothing', () => {
    const { health, pass } = started();
    const before = health.now();
    pass(10);
    health.failed(NAME, 'provider_overloaded');
    health.answered(NAME, before);
    health.untold(NAME);
    expect(health.mayAsk(NAME)).toBe(false);
  });

  test('is told of in the log once when it fails and once when it answers again', () => {
    const { health, logs, pass } = started();
    health.answered(NAME, health.now());
    health.failed(NAME, 'provider_failed');
    health.failed(NAME, 'provider_failed');
    pass(COOL_DOWN);
    health.answered(NAME, health.now());
    expect(logs.map((line) => JSON.parse(line) as { msg: string })).toMatchObject([
      { level: 'warn', msg: 'deployment failed, others come first', deployment: NAME, pause_ms: COOL_DOWN },
      { level: 'info', msg: 'deployment answers again', deployment: NAME },
    ]);
  });
});
