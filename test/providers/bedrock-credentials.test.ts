import { GatewayError } from '../../gateway/errors';
import { createLogger } from '../../gateway/log';
import { CredentialCache, type AwsCredentials } from '../../gateway/providers/bedrock/credential-cache';

const MINUTE = 60_000;

/** A source whose answers the test gives, and a clock that it moves. */
function setUp() {
  let now = Date.parse('2026-11-21T12:00:00Z');
  const waiting: { resolve(given: AwsCredentials): void; reject(fault: Error): void }[] = [];
  const logs: string[] = [];
  const source = () =>
    new Promise<AwsCredentials>((resolve, reject) => void waiting.push({ resolve, reject }));
  const cache = new CredentialCache(
    source,
    createLogger('debug', (line) => logs.push(line)),
    () => now,
  );
  const next = () => {
    const asked = waiting.shift();
    if (!asked) throw new Error('nobody asked');
    return asked;
  };
  return {
    cache,
    logs,
    asked: () => waiting.length,
    pass: (ms: number) => void (now += ms),
    give: (name: string, lifeMs?: number) => next().resolve(credentials(name, lifeMs && now + lifeMs)),
    fail: (fault: Error) => next().reject(fault),
    /** What a waiting call was told lands in a later turn. */
    settle: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

const credentials = (name: string, expires?: number): AwsCredentials => ({
  accessKeyId: name,
  secretAccessKey: `secret of ${name}`,
  ...(expires === undefined ? {} : { expiration: new Date(expires) }),
});

const nameOf = async (got: Promise<AwsCredentials>) => (await got).accessKeyId;

describe('credentials of AWS', () => {
  test('are asked for once by all calls that wait, and kept while they are good', async () => {
    const { cache, asked, give, pass } = setUp();
    const waiting = [cache.get(), cache.get(), cache.get()].map(nameOf);
    expect(asked()).toBe(1);
    give('first', 60 * MINUTE);
    expect(await Promise.all(waiting)).toEqual(['first', 'first', 'first']);
    pass(54 * MINUTE);
    expect(await nameOf(cache.get())).toBe('first');
    expect(asked()).toBe(0);
  });

  test('that do not expire are asked for once', async () => {
    const { cache, asked, give, pass } = setUp();
    const waiting = cache.get();
    give('for ever');
    await waiting;
    pass(1_000 * 60 * MINUTE);
    expect(await nameOf(cache.get())).toBe('for ever');
    expect(asked()).toBe(0);
  });

  test('are renewed before their end, without a call having to wait', async () => {
    const { cache, asked, give, pass, settle } = setUp();
    const waiting = cache.get();
    give('first', 60 * MINUTE);
    await waiting;
    pass(56 * MINUTE);
    expect(await nameOf(cache.get())).toBe('first');
    expect(await nameOf(cache.get())).toBe('first');
    expect(asked()).toBe(1);
    give('second', 60 * MINUTE);
    await settle();
    expect(await nameOf(cache.get())).toBe('second');
  });

  test('serve on while new ones cannot be had, and end with their time', async () => {
    const { cache, asked, give, fail, pass, settle } = setUp();
    const waiting = cache.get();
    give('first', 60 * MINUTE);
    await waiting;
    pass(57 * MINUTE);
    expect(await nameOf(cache.get())).toBe('first');
    fail(new Error('service away'));
    await settle();
    expect(await nameOf(cache.get())).toBe('first');
    // Asked again after a pause only.
    expect(asked()).toBe(0);
    pass(2.5 * MINUTE);
    const late = cache.get();
    fail(new Error('service away'));
    expect(await nameOf(late)).toBe('first');
    pass(0.5 * MINUTE);
    const last = cache.get();
    fail(new Error('service away'));
    await expect(last).rejects.toMatchObject({ code: 'provider_credentials', status: 502 });
  });

  test('that are not to be had are asked for once in a while, however many calls come', async () => {
    const { cache, asked, fail, pass, give, logs } = setUp();
    const first = cache.get();
    fail(new Error('connect ECONNREFUSED 169.254.170.2'));
    const error = await first.catch((fault: unknown) => fault);
    expect(error).toBeInstanceOf(GatewayError);
    expect((error as GatewayError).message).not.toContain('169.254');
    expect(logs.join('')).toContain('ECONNREFUSED');
    for (let call = 0; call < 100; call += 1) await expect(cache.get()).rejects.toBe(error);
    expect(asked()).toBe(0);
    pass(6_000);
    const next = cache.get();
    give('at last', 60 * MINUTE);
    expect(await nameOf(next)).toBe('at last');
  });

  test('that AWS refused are asked for anew, but not at every refusal', async () => {
    const { cache, asked, give, pass } = setUp();
    const waiting = cache.get();
    give('first', 60 * MINUTE);
    await waiting;
    cache.discard();
    expect(await nameOf(cache.get())).toBe('first');
    pass(6_000);
    cache.discard();
    const next = cache.get();
    expect(asked()).toBe(1);
    give('second', 60 * MINUTE);
    expect(await nameOf(next)).toBe('second');
  });
});
