import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { always, closedPort, describeTools, HARMLESS, HOSTILE, listen, type Terminal } from '../support';
import type { Spender } from './spender';

export const theFailures = (open: () => Spender): void =>
  describeTools('ai-usage when something is wrong', ['bash', 'curl', 'jq'], () => {
    let terminal: Terminal;
    const broken = (): Terminal => open().copy();
    beforeAll(() => {
      ({ terminal } = open());
    });

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
          status: badge === 'off' ? 0 : 1,
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
      expect(await copy.run('ai-usage', '--badge')).toMatchObject({
        status: 1,
        stdout: 'gateway not understood\n',
      });
      await stranger.close();
    });

    test('an unknown argument ends with 2, help with 0', async () => {
      const wrong = await terminal.run('ai-usage', `--jsn${HOSTILE}`);
      expect(wrong).toMatchObject({ status: 2, stdout: '' });
      expect(wrong.stderr).toMatch(HARMLESS);
      expect(await terminal.run('ai-usage', '--help')).toMatchObject({ status: 0, stderr: '' });
    });
  });
