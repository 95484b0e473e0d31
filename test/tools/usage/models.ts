import { always, closedPort, describeTools, HARMLESS, HOSTILE, listen, type Terminal } from '../support';
import type { Spender } from './spender';

interface Models {
  readonly chosen: string;
  readonly models: readonly {
    readonly name: string;
    readonly aliases: readonly string[];
    readonly max_input_tokens: number;
    readonly price_per_million_tokens: Record<string, number>;
    readonly available: boolean;
    readonly chosen: boolean;
  }[];
}

export const theModels = (open: () => Spender): void =>
  describeTools('ai-models', ['bash', 'curl', 'jq'], () => {
    let terminal: Terminal;
    const broken = (): Terminal => open().copy().with({ AI_MODEL: 'claude-haiku-4-5' });
    beforeAll(() => {
      terminal = open().terminal.with({ AI_MODEL: 'claude-haiku-4-5' });
    });

    test('lists what the key may use, with context, price and the one that was chosen', async () => {
      const { status, stdout, stderr } = await terminal.run('ai-models');
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const lines = stdout.split('\n').map((line) => line.trim().replace(/ {2,}/g, ' | '));
      expect(lines).toContain('context | answer | input | output | cache write | cache read');
      expect(lines).toContain('claude-sonnet-4-5 | 200k | 64k | $3.00 | $15.00 | $3.75 | $0.30');
      expect(lines).toContain('* claude-haiku-4-5 | 200k | 64k | $1.00 | $5.00 | $1.25 | $0.10');
      expect(lines).toContain('claude-opus-4 is also called claude-opus');
      expect(lines).toContain('bedrock-claude-haiku cannot be used now: nobody here serves it');
      expect(stdout.match(/\* claude/g)).toHaveLength(1);
    });

    test('--json has each model once, with its aliases', async () => {
      const { chosen, models } = await terminal.json<Models>('ai-models');
      expect(chosen).toBe('claude-haiku-4-5');
      expect(models.map(({ name }) => name)).toEqual([
        'claude-sonnet-4-5',
        'claude-haiku-4-5',
        'claude-opus-4',
        'claude-sonnet-5-5',
        'claude-opus-5-5',
        'bedrock-claude-sonnet',
        'bedrock-claude-haiku',
      ]);
      expect(models[0]).toEqual({
        name: 'claude-sonnet-4-5',
        display_name: 'Claude Sonnet 4.5',
        aliases: [],
        max_input_tokens: 200_000,
        max_output_tokens: 64_000,
        supports_vision: true,
        price_per_million_tokens: {
          input: 3,
          output: 15,
          cache_write: 3.75,
          cache_write_1h: 6,
          cache_read: 0.3,
        },
        available: true,
        chosen: false,
      });
      expect(models.filter((model) => model.chosen).map(({ name }) => name)).toEqual(['claude-haiku-4-5']);
    });

    test('a chosen alias marks its model, and a model that the key may not use is said to be one', async () => {
      const alias = await terminal.with({ AI_MODEL: 'claude-opus' }).run('ai-models');
      expect(alias.stdout).toContain('* claude-opus-4 ');
      const none = await terminal.with({ AI_MODEL: 'gpt-x' }).run('ai-models');
      expect(none.stdout).toContain('This workspace is set to gpt-x, which its key may not use');
      expect(none.stdout).not.toContain('* claude');
    });

    test('a gateway that says less than ours is shown as far as it goes', async () => {
      const stranger = await listen(always({ data: [{ id: 'some-model', object: 'model' }, null, 'x'] }));
      const { status, stdout } = await broken().movedTo(stranger.url).run('ai-models');
      expect(status).toBe(0);
      expect(stdout).toMatch(/some-model +0 +0 +- +- +- +-/);
      await stranger.close();
    });

    test('without a gateway or a key it says what to do', async () => {
      const down = await broken()
        .movedTo(await closedPort())
        .run('ai-models');
      expect(down).toMatchObject({ status: 1, stdout: '' });
      expect(down.stderr).toMatch(/^ai-models: gateway not reachable: .*\n {2}what to do: .+\n$/);

      const copy = broken();
      copy.write('.config/ai-gateway/key', `sk-${'y'.repeat(40)}\n`);
      const refused = await copy.run('ai-models', '--json');
      expect(refused.status).toBe(1);
      expect((JSON.parse(refused.stdout) as { error: { message: string } }).error.message).toContain('(401)');
      expect(refused.stdout + refused.stderr).not.toContain('y'.repeat(10));
    });

    test('names that hold control characters do not reach the terminal', async () => {
      const model = { id: HOSTILE, model: HOSTILE, display_name: HOSTILE, max_input_tokens: HOSTILE };
      const stranger = await listen(
        always({ data: [model, { ...model, id: `${HOSTILE}2` }], priced_on: HOSTILE }),
      );
      const copy = broken().movedTo(stranger.url).with({ AI_MODEL: HOSTILE });
      for (const args of [[], ['--json']]) {
        const { status, stdout, stderr } = await copy.run('ai-models', ...args);
        expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
        expect(stdout).toMatch(HARMLESS);
      }
      expect((await copy.json<Models>('ai-models')).models[0]?.name).toBe(HOSTILE);
      await stranger.close();
    });

    test('an unknown argument ends with 2, help with 0', async () => {
      expect(await terminal.run('ai-models', 'all')).toMatchObject({ status: 2, stdout: '' });
      expect(await terminal.run('ai-models', '-h')).toMatchObject({ status: 0, stderr: '' });
    });
  });
