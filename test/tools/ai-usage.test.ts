import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Platform } from '../start-up/support';
import {
  always,
  closedPort,
  describeTools,
  HARMLESS,
  HOSTILE,
  listen,
  spend,
  startWorkspace,
  type Terminal,
} from './support';

interface Usage {
  readonly spend: number;
  readonly budget_left: number;
  readonly resets_in_seconds: number;
  readonly activity: {
    readonly account: { readonly total: { readonly calls: number } };
    readonly owner: { readonly total: { readonly calls: number }; readonly by_workspace: readonly unknown[] };
  };
}

describeTools('ai-usage', ['bash', 'curl', 'jq'], () => {
  let platform: Platform;
  let terminal: Terminal;
  let copies = 0;
  const broken = (): Terminal => terminal.copy(`${terminal.home}-copy-${(copies += 1)}`);

  beforeAll(async () => {
    platform = await Platform.start();
    terminal = await startWorkspace(platform, {}, makeHome('a home with spaces'));
    await spend(platform, terminal, { input_tokens: 100_000, output_tokens: 10_000 });
    await spend(platform, terminal, { input_tokens: 12_345, output_tokens: 678 }, 'claude-haiku-4-5');
    const other = await startWorkspace(platform, {
      workspace: { workspaceId: '11111111-2222-4333-8444-555555555555', workspaceName: 'second' },
    });
    await spend(platform, other, { input_tokens: 200_000, output_tokens: 0 });
  });
  afterAll(() => platform.stop());

  function makeHome(name: string): string {
    const home = join(platform.newHome(), name);
    mkdirSync(home, { mode: 0o700 });
    return home;
  }

  test('shows budget, reset, and the split by model and day, of this workspace and of all that are mine', async () => {
    const { status, stdout, stderr } = await terminal.run('ai-usage');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const day = new Date().toISOString().slice(0, 10);
    const lines = stdout.split('\n').map((line) => line.trim().replace(/ {2,}/g, ' | '));
    expect(lines[0]).toBe(`AI usage of workspace dev (ada) at ${platform.gateway.url}`);
    expect(lines).toContain('spent | $0.47 of $10.00 a day, $9.53 left');
    expect(stdout).toMatch(/resets {5}\w{3} \d\d \w{3} \d\d:\d\d, in \d+ (min|h)/);
    expect(stdout).toMatch(/key {8}sk-\.\.\..{4}, mode standard, good until \d\d \w{3} \d{4}/);
    const [own, all] = [
      lines.indexOf('This workspace, last 30 days'),
      lines.indexOf('All of yours, last 30 days'),
    ];
    expect(lines.slice(own + 1, all - 1)).toEqual([
      'model | calls | input | output | cache write | cache read | spent',
      'claude-sonnet-4-5 | 1 | 100k | 10k | 0 | 0 | $0.45',
      'claude-haiku-4-5 | 1 | 12k | 678 | 0 | 0 | $0.02',
      '',
      'day (UTC) | calls | input | output | cache write | cache read | spent',
      `${day} | 2 | 112k | 11k | 0 | 0 | $0.47`,
      'total | 2 | 112k | 11k | 0 | 0 | $0.47',
    ]);
    expect(lines.slice(all + 1, all + 4)).toEqual([
      'model | calls | input | output | cache write | cache read | spent',
      'claude-sonnet-4-5 | 2 | 300k | 10k | 0 | 0 | $1.05',
      'claude-haiku-4-5 | 1 | 12k | 678 | 0 | 0 | $0.02',
    ]);
    expect(lines).toContain('second | 1 | 200k | 0 | 0 | 0 | $0.60');
  });

  test('--json has the same for programs', async () => {
    const usage = await terminal.json<Usage>('ai-usage');
    expect(usage.spend).toBeCloseTo(0.465735, 9);
    expect(usage.budget_left).toBeCloseTo(9.534265, 9);
    expect(usage.resets_in_seconds).toBeGreaterThan(0);
    expect(usage.resets_in_seconds).toBeLessThanOrEqual(86_400);
    expect(usage.activity.account.total.calls).toBe(2);
    expect(usage.activity.owner.total.calls).toBe(3);
    expect(usage.activity.owner.by_workspace).toHaveLength(2);
  });

  test('--badge is one short line', async () => {
    expect(await terminal.run('ai-usage', '--badge')).toEqual({
      status: 0,
      stdout: '$0.47 of $10.00\n',
      stderr: '',
    });
  });

  test('an amount is never rounded to nothing, and a budget that is gone says so', async () => {
    const info = {
      spend: 0.000_05,
      max_budget: 1,
      budget_left: 0,
      budget_duration: 'none',
      window_end: null,
    };
    const stranger = await listen(always(info));
    const moved = broken().movedTo(stranger.url);
    expect((await moved.run('ai-usage')).stdout).toMatch(
      /spent {6}<\$0\.0001 of \$1\.00 for good, \$0\.00 left: used up\n {2}resets {5}never/,
    );
    expect((await moved.run('ai-usage', '--badge')).stdout).toBe('$0.00 of $1.00, used up\n');
    await stranger.close();
  });

  describe('when something is wrong', () => {
    const withoutKey = (copy: Terminal): Terminal => {
      rmSync(join(copy.home, '.config/ai-gateway/key'));
      return copy;
    };

    const cases: [string, () => Terminal | Promise<Terminal>, RegExp, string][] = [
      [
        'no key',
        () => {
          const copy = broken();
          copy.write('.config/ai-gateway/status', 'waiting for the gateway\n');
          return withoutKey(copy);
        },
        /there is no key: ~\/\.config\/ai-gateway\/key is missing \(the set-up says: waiting for the gateway\)\n {2}what to do: run ai-setup/,
        'waiting for the gateway',
      ],
      ['no key although the set-up says ready', () => withoutKey(broken()), /there is no key/, 'no key'],
      [
        'a key that is none',
        () => {
          const copy = broken();
          copy.write('.config/ai-gateway/key', 'sk-"\nurl = "http://elsewhere\n');
          return copy;
        },
        /holds no key/,
        'no key',
      ],
      [
        'an unknown key',
        () => {
          const copy = broken();
          copy.write('.config/ai-gateway/key', `sk-${'x'.repeat(40)}\n`);
          return copy;
        },
        /refuses the key \(401\): .*has not issued that key.*\n {2}what to do: run ai-setup/,
        'refused by the gateway (401)',
      ],
      [
        'nobody at the gateway',
        async () => broken().movedTo(await closedPort()),
        /gateway not reachable: nothing listens at http:\/\/127\.0\.0\.1:\d+\n {2}what to do: wait a minute/,
        'gateway not reachable',
      ],
      [
        'a name that nobody knows',
        () => broken().movedTo('http://gateway.invalid:4000'),
        /the name gateway\.invalid is not known here/,
        'gateway not reachable',
      ],
      [
        'no address',
        () => {
          const copy = broken();
          copy.write('.config/ai-gateway/gateway', '\n');
          return copy;
        },
        /ai-gateway\/gateway says no gateway/,
        'no gateway',
      ],
      [
        'an address that is none',
        () => {
          const copy = broken();
          copy.write('.config/ai-gateway/gateway', 'http://good:4000@evil/{a,b}\n');
          return copy;
        },
        /does not name a gateway, but "http:\/\/good:4000@evil/,
        'no gateway',
      ],
      [
        'no AI at all',
        () => withoutKey(broken()).with({ AI_ASSISTANT: 'none' }),
        /AI is switched off for this workspace/,
        'off',
      ],
    ];
    test.each(cases)(
      '%s: it says what, where and what to do; the badge stays short',
      async (_, make, words, badge) => {
        const copy = await make();
        const said = await copy.run('ai-usage');
        expect(said).toMatchObject({ status: 1, stdout: '' });
        expect(said.stderr).toMatch(words);
        expect(said.stderr).toMatch(/\n {2}what to do: .+\n$/);
        const json = await copy.run('ai-usage', '--json');
        expect(json.status).toBe(1);
        expect(json.stdout).toMatch(/^\{"error":\{"message":"[^"]+.*","what_to_do":"[^"]+.*"\}\}\n$/);
        expect(() => JSON.parse(json.stdout) as unknown).not.toThrow();
        expect(await copy.run('ai-usage', '--badge')).toEqual({
          status: 0,
          stdout: `${badge}\n`,
          stderr: '',
        });
      },
    );

    test.each([
      ['HTML', '<html>sign in</html>'],
      ['a list', []],
      ['words for numbers', { spend: '1', max_budget: '2', budget_left: '3' }],
      ['nothing', ''],
      ['JSON without an end', `${'['.repeat(20_000)}`],
    ])('an answer of %s is no answer of a gateway', async (_, body) => {
      const stranger = await listen(always(body));
      const copy = broken().movedTo(stranger.url);
      const said = await copy.run('ai-usage');
      expect(said).toMatchObject({ status: 1, stdout: '' });
      expect(said.stderr).toContain('not as the AI gateway does');
      expect((await copy.run('ai-usage', '--badge')).stdout).toBe('gateway not understood\n');
      await stranger.close();
    });

    test('an unknown argument ends with 2, help with 0', async () => {
      const wrong = await terminal.run('ai-usage', `--jsn${HOSTILE}`);
      expect(wrong).toMatchObject({ status: 2, stdout: '' });
      expect(wrong.stderr).toMatch(HARMLESS);
      expect(await terminal.run('ai-usage', '--help')).toMatchObject({ status: 0, stderr: '' });
    });
  });

  test('names that hold control characters do not reach the terminal', async () => {
    const figures = { calls: 1, input_tokens: HOSTILE, output_tokens: 2, spend: 1e300 };
    const split = {
      total: figures,
      by_day: [{ ...figures, date: HOSTILE }],
      by_model: [{ ...figures, model: HOSTILE }],
    };
    const info = {
      scope: HOSTILE,
      level: HOSTILE,
      key_name: HOSTILE,
      owner: { id: 'o', name: HOSTILE },
      workspace: { id: 'w', name: HOSTILE },
      spend: 1,
      max_budget: 2,
      budget_left: 1,
      budget_duration: HOSTILE,
      window_end: HOSTILE,
      expires_at: HOSTILE,
      activity: {
        days: HOSTILE,
        account: split,
        owner: { ...split, by_workspace: [{ ...figures, workspace: { name: HOSTILE } }, figures] },
      },
    };
    const stranger = await listen(always(info));
    const copy = broken().movedTo(stranger.url);
    for (const args of [[], ['--json'], ['--badge']]) {
      const { status, stdout, stderr } = await copy.run('ai-usage', ...args);
      expect({ args, status, stderr }).toEqual({ args, status: 0, stderr: '' });
      expect(stdout).toMatch(HARMLESS);
    }
    expect((await copy.json<typeof info>('ai-usage')).owner.name).toBe(HOSTILE);
    await stranger.close();

    const refusing = await listen(always({ error: { message: `${HOSTILE} ${copy.key}` } }, 403));
    const refused = await copy.movedTo(refusing.url).run('ai-usage');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(HARMLESS);
    expect(refused.stderr).not.toContain(copy.key);
    await refusing.close();
  });

  test('the key is in no argument and no environment of another program', async () => {
    const copy = broken();
    // A curl that tells what it was started with.
    const folder = join(copy.home, 'spy');
    mkdirSync(folder);
    const log = join(folder, 'log');
    for (const program of ['curl', 'jq']) {
      writeFileSync(
        join(folder, program),
        `#!/bin/sh\n{ tr '\\0' '\\n' </proc/$$/cmdline; tr '\\0' '\\n' </proc/$$/environ; } >>"${log}"\nPATH="\${PATH#*:}" exec ${program} "$@"\n`,
        { mode: 0o755 },
      );
    }
    const spied = copy.with({
      PATH: `${folder}:${copy.environment.PATH}`,
      OPENAI_API_KEY: undefined,
      LITELLM_API_KEY: undefined,
    });
    expect(await spied.run('ai-usage')).toMatchObject({ status: 0 });
    const seen = copy.read('spy/log');
    expect(seen).toContain('--config');
    expect(seen).not.toContain(copy.key);
  });

  test('the key goes to the gateway it was made for, whatever the environment says', async () => {
    const stranger = await listen(always({ spend: 0, max_budget: 0, budget_left: 0 }));
    const lured = broken().with({
      AI_GATEWAY_URL: stranger.url,
      http_proxy: stranger.url,
      ALL_PROXY: stranger.url,
    });
    expect((await lured.run('ai-usage')).stdout).toContain(platform.gateway.url);
    expect(stranger.contacts).toEqual([]);
    await stranger.close();
  });
});
