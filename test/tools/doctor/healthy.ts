import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { AssistantChoice } from '../../../constructs/workspace/assistants/assistant-choice';
import { expectWrong, KEY, stateOf, type Clinic, type Report } from './clinic';
import { describeTools, HOSTILE, TOOLS, type Terminal } from '../support';

export const aHealthyWorkspace = (open: () => Clinic): void =>
  describeTools('ai-doctor', ['bash', 'curl', 'jq'], () => {
    let clinic: Clinic;
    beforeAll(() => {
      clinic = open();
    });

    test('a workspace that was just started has nothing wrong; what needs an image is skipped and says so', async () => {
      const report = await expectWrong(clinic.healthy, {});
      expect(report.checks.filter(({ state }) => state === 'ok').map(({ check }) => check)).toEqual([
        'environment',
        'set-up',
        'terminal',
        'file modes',
        'space in the home',
        'key file',
        'key nowhere else',
        'address',
        'reachable',
        'clock',
        'key accepted',
        'model allowed',
        'mode in force',
        'budget left',
        'settings file',
        'configuration',
        'guard',
        'program',
      ]);
      const skipped = report.checks.filter(({ state }) => state === 'skipped');
      for (const { message } of skipped)
        expect(message).toMatch(
          /not a workspace image|AI Coding Agent|costs a little|has not been opened|does not look at Coder/,
        );
    });

    test('as text it reads like the report, with the counts at the end', async () => {
      const { status, stdout, stderr } = await clinic.healthy.run('ai-doctor');
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toMatch(/^ {2}ok {7}key file: ~\/\.config\/ai-gateway\/key, for you alone, sk-….{4}$/m);
      expect(stdout).toMatch(/^ {2}skipped {2}a question: it costs a little: ai-doctor --ask$/m);
      expect(stdout).toMatch(/\n18 ok, 0 wrong, \d+ skipped\n$/);
      expect(stdout).not.toContain(clinic.healthy.key.slice(0, -4));
    });

    test('--ask asks the model a question', async () => {
      const asked = clinic.platform.standin.requests.length;
      const { checks } = await expectWrong(clinic.healthy, {}, '--ask');
      expect(checks.find(({ check }) => check === 'a question')).toMatchObject({ state: 'ok' });
      expect(clinic.platform.standin.requests).toHaveLength(asked + 1);
    });

    test('the real OpenCode is started behind the guard', async () => {
      const real = clinic.healthy.with({
        PATH: `${TOOLS}:${join(TOOLS, '../../node_modules/.bin')}:${process.env.PATH}`,
      });
      const { checks } = await expectWrong(real, {});
      expect(checks.find(({ check, state }) => check === 'program' && state === 'ok')?.message).toMatch(
        /^OpenCode \d+\.\d+\.\d+$/,
      );
    });

    describe('an assistant of its own', () => {
      const start = (ai_assistant: string): Promise<Terminal> =>
        clinic.start({ parameters: { ai_assistant } });

      test('opencode: the checks of the others are skipped and say why', async () => {
        const { checks } = await expectWrong(await start('opencode'), {});
        const roo = checks.filter(({ section }) => section === 'Roo Code');
        expect(roo.length).toBeGreaterThan(3);
        for (const check of roo)
          expect(check).toMatchObject({
            state: 'skipped',
            message: 'the AI Coding Agent of this workspace is opencode',
          });
      });

      test('claude-code: environment and program are checked; a foreign key in the environment is seen', async () => {
        const terminal = await start('claude-code');
        const report = await expectWrong(terminal, {});
        expect(stateOf(report, 'Claude Code: environment')).toBe('ok');
        expect(stateOf(report, 'Claude Code: program')).toBe('ok');
        await expectWrong(terminal.with({ ANTHROPIC_API_KEY: 'sk-ant-own' }), {
          'Claude Code: environment': /ANTHROPIC_API_KEY is set to something else/,
        });
        await expectWrong(terminal.with({ ANTHROPIC_BASE_URL: 'https://api.anthropic.com' }), {
          'Claude Code: environment': /ANTHROPIC_BASE_URL is not the gateway/,
          'Claude Code: helper for the key': /of the workspace: the key of this workspace is for/,
        });
      });

      test('one that is not ours: it says that it does not know it, and checks what is the same for all', async () => {
        const { stdout } = await clinic.healthy.run('ai-doctor', '--help');
        expect(stdout).toContain('not one of the project');
        for (const name of ['aider', `Aider 2${HOSTILE}`]) {
          const terminal = clinic.copy().with({ AI_ASSISTANT: name });
          const { checks } = await expectWrong(terminal, {});
          expect(checks.find(({ check }) => check === 'environment')).toMatchObject({
            state: 'skipped',
            message: expect.stringMatching(
              /^the AI Coding Agent "[Aa]ider[ -~]*" is unknown to ai-doctor: its own checks are skipped$/,
            ) as string,
          });
          expect(checks.find(({ check }) => check === 'key accepted')).toMatchObject({ state: 'ok' });
          expect(checks.find(({ check }) => check === 'settings file')).toMatchObject({ state: 'skipped' });
        }
        for (const { value } of AssistantChoice.ALL) {
          const { checks } = await clinic.healthy.with({ AI_ASSISTANT: value }).json<Report>('ai-doctor');
          expect({ value, checks: checks.filter(({ message }) => message.includes('unknown to')) }).toEqual({
            value,
            checks: [],
          });
        }
      });

      test('none: all is well with nothing, and not with what an earlier assistant left', async () => {
        const terminal = await start('none');
        const report = await expectWrong(terminal, {});
        expect(new Set(report.checks.map(({ state }) => state))).toEqual(new Set(['ok', 'skipped']));
        terminal.write(KEY, `${clinic.healthy.key}\n`);
        await expectWrong(terminal.with({ AI_ASSISTANT: 'none' }), {
          'workspace: set-up': /still holds what an earlier assistant used/,
        });
      });
    });

    test('an unknown argument ends with 2, help with 0, a missing program with 1', async () => {
      expect(await clinic.healthy.run('ai-doctor', '--fix')).toMatchObject({ status: 2, stdout: '' });
      expect(await clinic.healthy.run('ai-doctor', '--help')).toMatchObject({ status: 0, stderr: '' });
      const bin = join(clinic.platform.newHome(), 'few');
      mkdirSync(bin);
      for (const program of ['bash', 'env', 'readlink', 'dirname', 'cat'])
        symlinkSync(execFileSync('which', [program], { encoding: 'utf8' }).trim(), join(bin, program));
      const poor = await clinic.healthy.with({ PATH: bin }).run('ai-doctor');
      expect(poor).toMatchObject({ status: 1, stdout: '' });
      expect(poor.stderr).toContain('the program curl is missing in this image');
    });
  });
