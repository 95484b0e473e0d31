import { NOON_ZONE, noonDay } from '../../gateway/support/calendar';
import type { Platform } from '../../start-up/support';
import { always, describeTools, listen, type Terminal } from '../support';
import type { Spender } from './spender';

interface Usage {
  readonly spend: number;
  readonly budget_left: number;
  readonly resets_in_seconds: number;
  readonly activity: {
    readonly account: { readonly total: { readonly calls: number } };
    readonly owner: { readonly total: { readonly calls: number }; readonly by_workspace: readonly unknown[] };
  };
}

export const theFigures = (open: () => Spender): void =>
  describeTools('ai-usage', ['bash', 'curl', 'jq'], () => {
    let platform: Platform;
    let terminal: Terminal;
    const broken = (): Terminal => open().copy();
    beforeAll(() => {
      ({ platform, terminal } = open());
    });

    test('shows budget, reset, and the split by model and day, of this workspace and of all that are mine', async () => {
      const { status, stdout, stderr } = await terminal.run('ai-usage');
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const day = noonDay();
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
        `day (${NOON_ZONE}) | calls | input | output | cache write | cache read | spent`,
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

    test('--sessions has what each conversation came to, with begin and end', async () => {
      const { status, stdout, stderr } = await terminal.run('ai-usage', '--sessions');
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const lines = stdout.split('\n').map((line) => line.trim().replace(/ {2,}/g, ' | '));
      expect(lines[0]).toBe(`AI usage by session at ${platform.gateway.url}, last 30 days; times in UTC`);
      expect(lines[2]).toBe('session | calls | input | output | cached | spent | begin | end');
      expect(lines[3]).toMatch(
        /^\(none named\) \| 2 \| 112k \| 11k \| 0 \| \$0\.47( \| \d\d \w{3} \d\d:\d\d){2}$/,
      );
      const told = await terminal.json<{ sessions: readonly { calls: number; begins_at: string }[] }>(
        'ai-usage',
        '--sessions',
      );
      expect(told.sessions).toMatchObject([
        { calls: 2, begins_at: expect.stringMatching(/^20\d\d-/) as string },
      ]);
      expect((await terminal.run('ai-usage', '--sessions', '--badge')).status).not.toBe(0);
    });

    test('what a session is called cannot move the cursor, nor is it read without end', async () => {
      const session = {
        session: `\u001b[2J${'x'.repeat(900)}`,
        calls: 1,
        spend: 1,
        begins_at: '2026-11-28T10:00:00.000Z',
        ends_at: 'yesterday',
      };
      const sessions = Array.from({ length: 900 }, () => session);
      const stranger = await listen(always({ days: 30, truncated: true, sessions }));
      const { status, stdout } = await broken().movedTo(stranger.url).run('ai-usage', '--sessions');
      await stranger.close();
      expect(status).toBe(0);
      expect(stdout).not.toContain('\u001b');
      expect(stdout.length).toBeLessThan(10_000);
      expect(stdout).toContain('28 Nov 10:00');
      expect(stdout).toContain('older calls');
    });

    test('--badge is one short line', async () => {
      expect(await terminal.run('ai-usage', '--badge')).toEqual({
        status: 0,
        stdout: '$0.47 of $10.00\n',
        stderr: '',
      });
    });

    test('that content is logged is said, and in the badge', async () => {
      const info = { spend: 1, max_budget: 10, budget_left: 9, key_name: 'sk-...abcd', level: 'standard' };
      const stranger = await listen(always({ ...info, content_logging: true }));
      const moved = broken().movedTo(stranger.url);
      expect((await moved.run('ai-usage')).stdout).toMatch(/logging {4}ON: .* sent to Langfuse/);
      expect((await moved.run('ai-usage', '--badge')).stdout).toBe('$1.00 of $10.00, content logged\n');
      await stranger.close();
      const other = await listen(always(info));
      const quiet = broken().movedTo(other.url);
      expect((await quiet.run('ai-usage')).stdout).not.toContain('logging');
      await other.close();
    });

    test('an answer that was cut off is said, with what was booked for it and why', async () => {
      const figures = { calls: 3, input_tokens: 0, output_tokens: 0, spend: 1 };
      const split = { total: figures, by_day: [], by_model: [] };
      const info = {
        spend: 1,
        max_budget: 10,
        budget_left: 9,
        activity: {
          days: 30,
          time_zone: 'UTC',
          account: split,
          owner: { ...split, by_workspace: [] },
          estimated: { account: { calls: 1, spend: 0.12 }, owner: { calls: 2, spend: 1.5 } },
        },
      };
      const stranger = await listen(always(info));
      const { stdout } = await broken().movedTo(stranger.url).run('ai-usage');
      await stranger.close();
      const lines = stdout.split('\n').map((line) => line.trim());
      expect(lines).toContain('1 call cut off: booked $0.12, since the provider never said what it cost');
      expect(lines).toContain('2 calls cut off: booked $1.50, since the provider never said what they cost');
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
  });
