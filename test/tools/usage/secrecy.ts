import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Platform } from '../../start-up/support';
import { always, describeTools, HARMLESS, HOSTILE, listen, type Terminal } from '../support';
import type { Spender } from './spender';

export const theSecrecy = (open: () => Spender): void =>
  describeTools('ai-usage keeps the key and the terminal safe', ['bash', 'curl', 'jq'], () => {
    let platform: Platform;
    const broken = (): Terminal => open().copy();
    beforeAll(() => {
      ({ platform } = open());
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
