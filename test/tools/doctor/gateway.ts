import { CODER_STATES, type CoderState } from '../../../gateway/coder/standing';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectWrong, stateOf, type Breakage, type Check, type Report, type Clinic } from './clinic';
import { always, describeTools, HARMLESS, HOSTILE, listen, spend, type Stranger } from '../support';

export const withTheGateway = (open: () => Clinic): void =>
  describeTools('ai-doctor asks the gateway', ['bash', 'curl', 'jq'], () => {
    let clinic: Clinic;
    beforeAll(() => {
      clinic = open();
    });

    test('it sees that the key was revoked', async () => {
      const parameters = { ai_assistant: 'opencode' };
      const workspace = { workspaceId: '99999999-2222-4333-8444-555555555555' };
      const terminal = await clinic.start({ parameters, workspace });
      // Handed to somebody else, a workspace gets another key, and the former one ends.
      const owner = { ownerId: '88888888-2222-4333-8444-555555555555', owner: 'bob' };
      await clinic.start({ parameters, workspace: { ...workspace, ...owner } });
      // As long as the gateway remembers what it found.
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      const report = await expectWrong(terminal, {
        'gateway: key accepted': /refuses the key \(401\).*has been revoked/,
      });
      expect(stateOf(report, 'gateway: budget left')).toBe('skipped');
    });

    test('it sees that the budget is used up', async () => {
      const workspace = { workspaceId: '77777777-2222-4333-8444-555555555555' };
      const terminal = await clinic.start({ parameters: { ai_assistant: 'opencode' }, workspace });
      for (let call = 0; call < 8; call += 1)
        await spend(
          clinic.platform,
          terminal,
          { input_tokens: 600_000, output_tokens: 0 },
          'claude-sonnet-5-5',
        );
      await spend(clinic.platform, terminal, { input_tokens: 0, output_tokens: 24_000 });
      // What is left pays for no question, however short.
      await spend(clinic.platform, terminal, { input_tokens: 0, output_tokens: 7_600 }, 'claude-haiku-4-5');
      await expectWrong(
        terminal,
        {
          'gateway: budget left': /used up: \$0\.00\d* of \$10\.00; resets \w{3} \d\d \w{3} \d\d:\d\d, in/,
          'gateway: a question': /the budget is used up \(402\): Budget has been exceeded!/,
        },
        '--ask',
      );
    });

    describe('whoever answers in place of the gateway', () => {
      const moved = { 'Roo Code: settings file': /address/, 'OpenCode: configuration': /address/ };

      async function at(stranger: Stranger, wrong: Breakage['wrong']): Promise<Report> {
        try {
          return await expectWrong(clinic.copy().movedTo(stranger.url), { ...moved, ...wrong });
        } finally {
          await stranger.close();
        }
      }

      test('a page for signing in is not the gateway, and gets no key', async () => {
        const stranger = await listen(always('<html>sign in</html>'));
        await at(stranger, { 'gateway: reachable': /something answers at .*, but it is not the AI gateway/ });
        expect(stranger.contacts.join()).not.toContain('authorization');
      });

      test('a gateway without its database says so', async () => {
        await at(await listen(always({ status: 'disconnected', db: 'disconnected' }, 503)), {
          'gateway: reachable': /there, but not its database/,
        });
      });

      test('a gateway that breaks off', async () => {
        await at(await listen((request) => request.socket.destroy()), { 'gateway: reachable': /broke off/ });
      });

      test('clocks that are apart are seen by the Date of the answer', async () => {
        const date = new Date(Date.now() - 3_600_000).toUTCString();
        await at(await listen(always({ status: 'connected' }, 200, { date })), {
          'gateway: clock': /are (3599|36\d\d) seconds apart/,
          'gateway: key accepted': /not as the AI gateway does/,
        });
      });

      const coder = async (state: string, secondsAgo: number): Promise<Check | undefined> => {
        const { says, remedy } = CODER_STATES[state as CoderState];
        const since = new Date(Date.now() - secondsAgo * 1_000).toISOString();
        const info = {
          spend: 0,
          max_budget: 1,
          budget_left: 1,
          level: 'design-first',
          level_floor: 'person',
          models: ['claude-sonnet-5-5'],
          scope: 'workspace:w',
          status: 'connected',
          coder: { state, since, says, what_to_do: remedy },
        };
        const stranger = await listen(always(info));
        const { stdout } = await clinic.copy().movedTo(stranger.url).run('ai-doctor', '--json');
        await stranger.close();
        const { checks } = JSON.parse(stdout) as Report;
        // The form has no word about a floor of one person.
        expect(checks.find(({ check }) => check === 'mode in force')?.message).toMatch(
          /^the gateway applies design-first, the workspace was started with standard; design-first is the least that your organisation has laid down for you, whatever the form has$/,
        );
        return checks.find(({ check }) => check === 'Coder');
      };

      test.each([
        ['token_refused', /^Coder does not accept CODER_TOKEN \(401\)/, /new one/],
        ['token_forbidden', /^Coder forbids CODER_TOKEN .*\(403\)/, /Template Admin/],
        ['token_too_narrow', /^CODER_TOKEN does not show/, /workspace:read, template:read and user:read/],
        ['not_coder', /is no Coder$/, /CODER_URL/],
        ['unreachable', /cannot be reached$/, /whether it runs/],
      ])('how the gateway stands with Coder is told apart: %s', async (state, says, remedy) => {
        const check = await coder(state, 3_600);
        expect(check).toMatchObject({ state: 'wrong', message: expect.stringMatching(says) as string });
        expect(check?.what_to_do).toMatch(/^your key goes on working; show this to your platform team: /);
        expect(check?.what_to_do).toMatch(remedy);
      });

      test('a Coder that answers is well, one that is away for a moment is no reason to call anybody', async () => {
        expect(await coder('reached', 3_600)).toMatchObject({ state: 'ok' });
        expect(await coder('unreachable', 60)).toMatchObject({ state: 'skipped' });
        expect(await coder('troubled', 60)).toMatchObject({ state: 'skipped' });
      });

      test('words of a stranger are shown without what a terminal obeys', async () => {
        const info = {
          spend: 0,
          max_budget: 1,
          budget_left: 1,
          level: HOSTILE,
          scope: HOSTILE,
          models: [HOSTILE],
          status: 'connected',
          data: [],
        };
        const stranger = await listen(always(info));
        const damaged = clinic.copy().movedTo(stranger.url);
        const text = await damaged.run('ai-doctor');
        expect(text.stdout).toMatch(HARMLESS);
        expect(text.stdout).toContain('WRONG    mode in force: the gateway applies ?]0;pwned');
        await at(stranger, { 'gateway: model allowed': /./, 'gateway: mode in force': /./ });
      });
    });
  });

export const overTls = (open: () => Clinic): void =>
  describeTools('ai-doctor over TLS', ['bash', 'curl', 'jq', 'openssl'], () => {
    let clinic: Clinic;
    let folder: string;
    beforeAll(() => {
      clinic = open();
      folder = clinic.platform.newHome();
      const openssl = (args: string): unknown =>
        execFileSync('openssl', args.split(' '), { cwd: folder, stdio: 'pipe' });
      openssl(
        'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out good.pem -days 2 -subj /CN=gateway -addext subjectAltName=IP:127.0.0.1',
      );
      openssl('x509 -in good.pem -signkey key.pem -days -1 -out expired.pem');
    });

    async function reachable(
      certificate: string,
      trusted?: string,
      urlOf: (stranger: Stranger) => string = ({ url }) => url,
    ): Promise<Check | undefined> {
      const read = (name: string): Buffer => readFileSync(join(folder, name));
      const tls = certificate === 'none' ? undefined : { key: read('key.pem'), cert: read(certificate) };
      const stranger = await listen(always({ status: 'connected' }), tls);
      const trust = { SSL_CERT_FILE: trusted === undefined ? undefined : join(folder, trusted) };
      const { checks } = await clinic.copy().movedTo(urlOf(stranger)).with(trust).json<Report>('ai-doctor');
      await stranger.close();
      return checks.find(({ check }) => check === 'reachable');
    }

    test('a certificate that is trusted will do', async () => {
      expect(await reachable('good.pem', 'good.pem')).toMatchObject({ state: 'ok' });
    });

    test('a certificate of a CA that nobody added is told apart from one that is too old', async () => {
      const unknown = await reachable('good.pem');
      expect(unknown?.message).toMatch(/its certificate is not trusted here \(.*self.signed certificate/);
      expect(unknown?.what_to_do).toContain('the certificate of your own CA');
      const expired = await reachable('expired.pem', 'expired.pem');
      expect(expired?.message).toMatch(
        /its certificate is not valid at this workspace's time, \d{4}-.*expired/,
      );
      expect(expired?.what_to_do).toContain('compare that time with a clock');
    });

    test('a gateway that speaks no TLS at that address is told apart as well', async () => {
      const plain = await reachable('none', undefined, ({ url }) => url.replace('http:', 'https:'));
      expect(plain?.what_to_do).toContain('https at that address, or plain http');
    });
  });
