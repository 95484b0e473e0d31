import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { claudeCodeImage } from '../../../workspace-image/image/claude-code';
import { AiLockdown } from '../../../constructs/workspace/ai-lockdown';
import { openCodeImage } from '../../../workspace-image/image/opencode';
import { expectWrong, stateOf, type Breakage, type Clinic } from './clinic';
import { always, describeTools, listen, TOOLS, type Stranger, type Terminal } from '../support';

export const inAnImage = (open: () => Clinic): void =>
  describeTools('ai-doctor in an image', ['bash', 'curl', 'jq'], () => {
    let clinic: Clinic;
    let editor: Stranger;
    beforeAll(async () => {
      clinic = open();
      editor = await listen(always({ status: 'alive' }));
    });
    afterAll(() => editor.close());

    interface Image {
      readonly folder: string;
      readonly terminal: Terminal;
    }

    function build(changes: Record<string, unknown> = {}): Image {
      const terminal = clinic.copy();
      const folder = join(terminal.home, 'image of ours');
      const settings = {
        'chat.disableAIFeatures': true,
        'roo-cline.autoImportSettingsPath': '~/.config/roo-code/settings.json',
      };
      const link = join(folder, 'code-server/lib/vscode/node_modules/@vscode/ripgrep/bin/rg');
      for (const path of [
        'assistants/rooveterinaryinc.roo-cline',
        'choices/roo-code',
        'choices/zoo-code',
        'extensions/redhat.vscode-yaml-1.0.0',
        'code-server/lib/vscode/extensions/git',
      ])
        mkdirSync(join(folder, path), { recursive: true });
      symlinkSync(
        join(folder, 'assistants/rooveterinaryinc.roo-cline'),
        join(folder, 'choices/roo-code/rooveterinaryinc.roo-cline'),
      );
      mkdirSync(join(link, '..'), { recursive: true });
      writeFileSync(link, '#!/bin/sh\n', { mode: 0o755 });
      writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
      writeFileSync(join(folder, 'opencode.json'), openCodeImage.files?.[0]?.content ?? '');
      writeFileSync(join(folder, 'claude.json'), claudeCodeImage().files?.[0]?.content ?? '');
      writeFileSync(
        join(folder, 'image.json'),
        JSON.stringify({
          editor_port: editor.port,
          machine_settings: join(folder, 'settings.json'),
          extensions: join(folder, 'extensions'),
          choices: join(folder, 'choices'),
          code_server: join(folder, 'code-server'),
          opencode_config: join(folder, 'opencode.json'),
          claude_settings: join(folder, 'claude.json'),
          absent_extensions: new AiLockdown().removedExtensions,
          ...changes,
        }),
      );
      return { folder, terminal: terminal.with({ CONTRACTOR_WORKSPACE_IMAGE: join(folder, 'image.json') }) };
    }

    test('all that the image brings is checked', async () => {
      const { checks } = await expectWrong(build().terminal, {});
      expect(checks.filter(({ message }) => message.includes('image.json'))).toEqual([]);
      for (const section of ['Roo Code', 'editor'])
        expect(
          checks
            .filter((check) => check.section === section && check.state !== 'ok')
            .map(({ check }) => check),
        ).toEqual(section === 'editor' ? [] : ['last import']);
    });

    const damages: [string, (image: Image) => void, Breakage['wrong'], Record<string, unknown>?][] = [
      [
        'the editor does not answer',
        () => {},
        { 'editor: answers': /nothing answers at 127\.0\.0\.1:1$/ },
        { editor_port: 1 },
      ],
      [
        'the program of ai-review is gone',
        () => {},
        { 'review: ai-review': /does not run: ai-review: this image does not have the program/ },
        { review: '/opt/workspace/commands/lib/review' },
      ],
      [
        'other AI was switched on again',
        ({ folder }) =>
          writeFileSync(
            join(folder, 'settings.json'),
            readFileSync(join(folder, 'settings.json'), 'utf8').replace('true', 'false'),
          ),
        { 'editor: other AI switched off': /chat\.disableAIFeatures is not true/ },
      ],
      [
        'the machine settings are gone',
        ({ folder }) => rmSync(join(folder, 'settings.json')),
        {
          'editor: other AI switched off': /settings\.json is missing/,
          'Roo Code: import of the settings': /does not point at/,
        },
      ],
      [
        'somebody installed Copilot',
        ({ terminal }) =>
          mkdirSync(
            join(terminal.home, '.local/share/code-server/extensions/GitHub.copilot-1.9.0-universal'),
            {
              recursive: true,
            },
          ),
        { 'editor: other assistants absent': /github\.copilot-1\.9\.0-universal is in the editor/ },
      ],
      [
        'the Copilot that comes with the editor is back',
        ({ folder }) => mkdirSync(join(folder, 'code-server/lib/vscode/extensions/copilot')),
        { 'editor: other assistants absent': /copilot is in the editor/ },
      ],
      [
        'an extension of the image’s own list is there',
        ({ folder }) => mkdirSync(join(folder, 'extensions/acme.helper-2.0.0')),
        { 'editor: other assistants absent': /acme\.helper-2\.0\.0/ },
        { absent_extensions: ['Acme.Helper'] },
      ],
      [
        'Roo Code is not installed',
        ({ folder }) => rmSync(join(folder, 'choices/roo-code/rooveterinaryinc.roo-cline')),
        { 'Roo Code: extension': /rooveterinaryinc\.roo-cline is not installed/ },
      ],
      [
        'Roo Code is linked and not there',
        ({ folder }) => rmSync(join(folder, 'assistants'), { recursive: true }),
        { 'Roo Code: extension': /rooveterinaryinc\.roo-cline is not installed/ },
      ],
      [
        'Roo Code would not find ripgrep',
        ({ folder }) =>
          rmSync(join(folder, 'code-server/lib/vscode/node_modules/@vscode/ripgrep'), { recursive: true }),
        { 'Roo Code: ripgrep': /every task of Roo Code hangs/ },
      ],
      [
        'the image states another gateway for OpenCode',
        ({ folder }) =>
          writeFileSync(
            join(folder, 'opencode.json'),
            JSON.stringify({ provider: { litellm: { options: { baseURL: 'http://old:4000/v1' } } } }),
          ),
        { 'OpenCode: configuration': /another address/ },
      ],
    ];

    test.each(damages.map(([what, damage, wrong, changes]) => ({ what, damage, wrong, changes })))(
      'it sees that $what',
      async ({ damage, wrong, changes }) => {
        const image = build(changes);
        damage(image);
        await expectWrong(image.terminal, wrong);
      },
    );

    test.each([
      ['absent_extensions', ['other assistants absent'], /does not say which must not be there/],
      ['editor_port', ['answers', 'loopback only'], /does not say which port is the editor's/],
    ] as const)('what an image does not say is not made up: %s', async (member, checks, words) => {
      const { terminal } = build({ [member]: undefined });
      const extension = '.local/share/code-server/extensions/github.copilot-1.9.0';
      mkdirSync(join(terminal.home, extension), { recursive: true });
      const wrong = { 'editor: other assistants absent': /github\.copilot/ };
      const report = await expectWrong(terminal, member === 'absent_extensions' ? {} : wrong);
      for (const check of checks)
        expect(report.checks.find((one) => one.section === 'editor' && one.check === check)).toMatchObject({
          state: 'skipped',
          message: expect.stringMatching(words) as string,
        });
    });

    test('Claude Code takes the key from the helper that the managed settings name', async () => {
      const { folder, terminal } = build();
      const started = await clinic.start({ parameters: { ai_assistant: 'claude-code' } });
      const claude = started.with({
        CONTRACTOR_WORKSPACE_IMAGE: terminal.environment.CONTRACTOR_WORKSPACE_IMAGE,
      });
      const report = await expectWrong(claude, {});
      expect(
        report.checks.filter(({ section, state }) => section === 'Claude Code' && state !== 'ok'),
      ).toEqual([]);
      rmSync(join(folder, 'claude.json'));
      await expectWrong(claude, { 'Claude Code: managed settings': /claude\.json is missing/ });
    });

    test('it sees that the editor listens for everybody', async () => {
      const open = await listen(always({ status: 'alive' }), undefined, '0.0.0.0');
      const { terminal } = build({ editor_port: open.port });
      await expectWrong(terminal, { 'editor: loopback only': /for everybody in the network/ });
      await open.close();
    });

    test('the program of the chosen assistant must be there; a companion may be left out', async () => {
      const { terminal } = build();
      // npm puts the project's own programs on the PATH.
      const folders = (process.env.PATH ?? '')
        .split(':')
        .filter((path) => !existsSync(join(path, 'opencode')));
      const without = terminal.with({ PATH: [TOOLS, ...folders].join(':') });
      const report = await expectWrong(without, {});
      expect(stateOf(report, 'OpenCode: program')).toBe('skipped');
      await expectWrong(without.with({ AI_ASSISTANT: 'opencode' }), {
        'OpenCode: program': /opencode is not in this image/,
      });
    });
  });
