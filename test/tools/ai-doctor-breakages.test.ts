import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { Clinic, expectWrong, KEY, OPENCODE, ROO, type Breakage } from './doctor/clinic';
import { closedPort, describeTools, HARMLESS, HOSTILE, type Terminal } from './support';

/** The parts of both files that are damaged here. */
interface RooSettings {
  readonly providerProfiles: {
    readonly apiConfigs: Record<string, { openAiApiKey: string; openAiBaseUrl: string }>;
  };
}
interface OpenCodeConfig {
  readonly provider: { readonly litellm: { readonly options: { apiKey: string } } };
}

function edit<T>(terminal: Terminal, path: string, change: (document: T) => void): void {
  const document = JSON.parse(terminal.read(path)) as T;
  change(document);
  terminal.write(path, JSON.stringify(document));
}

const breakages: Breakage[] = [
  {
    what: 'the key file can be read by others',
    damage: (terminal) => chmodSync(join(terminal.home, KEY), 0o644),
    wrong: { 'key: key file': /has mode 644: others may read the key/ },
  },
  {
    what: 'the key file is gone',
    damage: (terminal) => rmSync(join(terminal.home, KEY)),
    wrong: { 'key: key file': /there is no key/, 'Roo Code: settings file': /cannot be read/ },
  },
  {
    what: 'the key file is a link',
    damage: (terminal) => {
      terminal.write('elsewhere', `${terminal.key}\n`);
      rmSync(join(terminal.home, KEY));
      symlinkSync(join(terminal.home, 'elsewhere'), join(terminal.home, KEY));
    },
    wrong: { 'key: key file': /is no plain file/ },
  },
  {
    what: 'the key is one the gateway never issued',
    damage: (terminal) => terminal.write(KEY, `sk-${'x'.repeat(40)}\n`),
    wrong: {
      'gateway: key accepted': /refuses the key \(401\).*has not issued that key/,
      'Roo Code: settings file': /another key than that of the workspace/,
      'workspace: terminal': /OPENAI_API_KEY of this terminal is not the key/,
    },
  },
  {
    what: 'the key is also in .bashrc and in a history',
    damage: (terminal) => {
      terminal.write('.bash_history', `export OPENAI_API_KEY=${terminal.key}\n`);
      terminal.write('.bashrc', `${terminal.read('.bashrc')}export X=${terminal.key}\n`);
    },
    wrong: { 'key: key nowhere else': /it is also in ~\/\.bash\w+ and more/ },
  },
  {
    what: 'the key is in the settings of the editor',
    damage: (terminal) =>
      terminal.write('.local/share/code-server/User/settings.json', JSON.stringify({ key: terminal.key })),
    wrong: { 'key: key nowhere else': /~\/\.local\/share\/code-server\/User\/settings\.json$/ },
  },
  {
    what: 'nobody is at the gateway',
    damage: async (terminal) => terminal.movedTo(await closedPort()),
    wrong: {
      'gateway: reachable': /nothing listens at/,
      'Roo Code: settings file': /another address/,
      'OpenCode: configuration': /another address/,
    },
  },
  {
    what: 'the gateway has a name that nobody knows',
    damage: (terminal) => terminal.movedTo('http://litellm.invalid:4000'),
    wrong: {
      'gateway: reachable': /the name litellm\.invalid is not known here/,
      'Roo Code: settings file': /another address/,
      'OpenCode: configuration': /another address/,
    },
  },
  {
    what: 'the workspace was set to another gateway than the set-up ran with',
    damage: (terminal) => terminal.with({ AI_GATEWAY_URL: 'http://other:4000' }),
    wrong: {
      'gateway: address': /the key is for http:.*, but the workspace is set to http:\/\/other:4000/,
    },
  },
  {
    what: 'the gateway file names no gateway',
    damage: (terminal) => terminal.write('.config/ai-gateway/gateway', `http://a@b:1/${HOSTILE}\n`),
    wrong: {
      'gateway: address': /does not name a gateway/,
      'Roo Code: settings file': /another address/,
      'OpenCode: configuration': /another address/,
    },
  },
  {
    what: 'the model is none the key may use',
    damage: (terminal) => terminal.with({ AI_MODEL: 'gpt-x' }),
    wrong: {
      'workspace: set-up': /made for other choices \(ready: claude-sonnet-5-5, standard\)/,
      'gateway: model allowed': /may not use "gpt-x"/,
      'Roo Code: settings file': /another model than gpt-x/,
      'OpenCode: configuration': /its model is not litellm\/gpt-x/,
    },
  },
  {
    what: 'the mode was raised since the start',
    damage: (terminal) => terminal.with({ AI_ENFORCEMENT_LEVEL: 'design-first' }),
    wrong: { 'gateway: mode in force': /applies standard, the workspace was started with design-first/ },
  },
  {
    what: 'the environment of the workspace is missing',
    damage: (terminal) =>
      terminal.with({ AI_ASSISTANT: undefined, AI_MODEL: undefined, AI_ENFORCEMENT_LEVEL: undefined }),
    wrong: {
      'workspace: environment': /not set: AI_ASSISTANT AI_MODEL AI_ENFORCEMENT_LEVEL/,
      'workspace: set-up': /made for other choices/,
    },
  },
  {
    what: 'the mode is no mode',
    damage: (terminal) => terminal.with({ AI_ENFORCEMENT_LEVEL: `off${HOSTILE}` }),
    wrong: {
      'workspace: environment': /which is no mode: the strictest holds/,
      'gateway: mode in force': /the workspace was started with off/,
    },
  },
  {
    what: 'the set-up was refused',
    damage: (terminal) =>
      terminal.write('.config/ai-gateway/status', `refused by the gateway (401)${HOSTILE}\n`),
    wrong: { 'workspace: set-up': /^refused by the gateway \(401\)/ },
  },
  {
    what: 'the set-up never ran',
    damage: (terminal) => {
      for (const folder of ['.config', '.bashrc']) rmSync(join(terminal.home, folder), { recursive: true });
      return terminal.with({ OPENAI_API_BASE: undefined, OPENAI_API_KEY: undefined });
    },
    wrong: {
      'workspace: set-up': /has not run in this home/,
      'workspace: terminal': /env\.sh is missing/,
      'key: key file': /there is no key/,
      'Roo Code: settings file': /is missing/,
      'OpenCode: configuration': /is missing/,
    },
  },
  {
    what: '.bashrc does not read the environment, but in a comment',
    damage: (terminal) => terminal.write('.bashrc', '# . ~/.config/ai-gateway/env.sh\n'),
    wrong: { 'workspace: terminal': /\.bashrc does not read/ },
  },
  {
    what: 'a file of the set-up can be written by others',
    damage: (terminal) => chmodSync(join(terminal.home, ROO), 0o666),
    wrong: { 'workspace: file modes': /others may read or write ~\/\.config\/roo-code\/settings\.json$/ },
  },
  {
    what: 'the folder of the key can be written by others',
    damage: (terminal) => chmodSync(join(terminal.home, '.config/ai-gateway'), 0o777),
    wrong: { 'workspace: file modes': /~\/\.config\/ai-gateway$/ },
  },
  {
    what: 'the disk is full',
    damage: (terminal) => {
      terminal.write('bin/df', '#!/bin/sh\necho head\necho disk 100000 99999 1024 99% /home\n', 0o755);
      return terminal.with({ PATH: `${terminal.home}/bin:${terminal.environment.PATH}` });
    },
    wrong: { 'workspace: space in the home': /only 1 MB are free/ },
  },
  {
    what: 'the settings of Roo Code hold an old key',
    damage: (terminal) =>
      edit<RooSettings>(terminal, ROO, ({ providerProfiles: { apiConfigs } }) => {
        apiConfigs['litellm-claude-opus-4']!.openAiApiKey = `sk-${'o'.repeat(30)}`;
      }),
    wrong: { 'Roo Code: settings file': /another key than that of the workspace/ },
  },
  {
    what: 'the settings of Roo Code are cut off',
    damage: (terminal) => terminal.write(ROO, terminal.read(ROO).slice(0, 300)),
    wrong: { 'Roo Code: settings file': /is not JSON as Roo Code reads it/ },
  },
  {
    what: 'the settings of Roo Code have lost their profile',
    damage: (terminal) =>
      edit<RooSettings>(terminal, ROO, ({ providerProfiles: { apiConfigs } }) => {
        delete apiConfigs.litellm;
      }),
    wrong: { 'Roo Code: settings file': /no profile "litellm"/ },
  },
  {
    what: 'the settings of Roo Code go to a stranger',
    damage: (terminal) =>
      edit<RooSettings>(terminal, ROO, ({ providerProfiles: { apiConfigs } }) => {
        apiConfigs.litellm!.openAiBaseUrl = `http://evil/${HOSTILE}`;
      }),
    wrong: { 'Roo Code: settings file': /goes to another address than http:\/\/127/ },
  },
  {
    what: 'OpenCode has the key in its configuration',
    damage: (terminal) =>
      edit<OpenCodeConfig>(terminal, OPENCODE, (config) => {
        config.provider.litellm.options.apiKey = terminal.key;
      }),
    wrong: {
      'OpenCode: configuration': /holds a key itself/,
      'key: key nowhere else': /~\/\.config\/opencode\/opencode\.json$/,
    },
  },
  {
    what: 'the configuration of OpenCode is not JSON',
    damage: (terminal) => terminal.write(OPENCODE, '{"model": '),
    wrong: { 'OpenCode: configuration': /is not JSON as OpenCode reads it/ },
  },
  {
    what: 'another opencode comes before the guard',
    damage: (terminal) => {
      terminal.write('bin/opencode', '#!/bin/sh\necho boom >&2; exit 3\n', 0o755);
      return terminal.with({ PATH: `${terminal.home}/bin:${terminal.environment.PATH}` });
    },
    wrong: {
      'OpenCode: guard': /opencode on the PATH is ~\/bin\/opencode, not the guard/,
      'OpenCode: program': /does not start: boom/,
    },
  },
  {
    what: 'the extension refused the settings',
    damage: (terminal) =>
      terminal.write(
        '.local/share/code-server/logs/20261121T100000/exthost1/output_logging_20261121T100001/1-Roo-Code.log',
        `[AutoImport] Checking for settings file\n[AutoImport] Failed to import settings: ${terminal.key} ${HOSTILE}`,
      ),
    wrong: {
      'Roo Code: last import': /refused the settings: Failed to import settings: sk-…/,
      'key: key nowhere else': /1-Roo-Code\.log$/,
    },
  },
  {
    what: 'an open window may hold the key before',
    damage: (terminal) => {
      const logs = '.local/share/code-server/logs/20261121T100000/exthost1';
      terminal.write(
        `${logs}/output_logging_20261121T100001/1-Roo-Code.log`,
        '[AutoImport] Successfully imported settings from ~/.config/roo-code/settings.json',
      );
      // As the set-up leaves it when it replaces a key.
      terminal.write('run/new-key', '');
      return terminal.with({ AI_SETUP_RUN_DIR: join(terminal.home, 'run') });
    },
    wrong: { 'Roo Code: last import': /has a new key since, and the window may still hold the one before/ },
  },
];

describeTools('ai-doctor', ['bash', 'curl', 'jq'], () => {
  let clinic: Clinic;
  beforeAll(async () => {
    clinic = await Clinic.open();
  });
  afterAll(() => clinic.close());

  test.each(breakages)('it sees that $what', async ({ damage, wrong }) => {
    const terminal = clinic.copy();
    await expectWrong((await damage(terminal)) ?? terminal, wrong);
  });

  test('a window that was told of the new key, or loaded since, is well', async () => {
    const terminal = clinic.copy();
    const settings = '[AutoImport] Successfully imported settings from ~/.config/roo-code/settings.json';
    const logs = '.local/share/code-server/logs/20261121T100000/exthost1';
    terminal.write(`${logs}/output_logging_20261121T100001/1-Roo-Code.log`, settings);
    terminal.write('run/new-key', '');
    const inRun = terminal.with({ AI_SETUP_RUN_DIR: join(terminal.home, 'run') });
    const told = `${logs}/contractor-workspace.trust-guide/AI key.log`;
    terminal.write(told, '2026-11-21 10:05:00.000 [info] Roo Code has the new key\n');
    await expectWrong(inRun, {});
    rmSync(join(terminal.home, told));
    utimesSync(join(terminal.home, 'run/new-key'), 0, 0);
    await expectWrong(inRun, {});
  });

  test('as text each fault is one line, with another that says what to do', async () => {
    const terminal = clinic.copy();
    const { key } = terminal;
    terminal.write('.config/ai-gateway/status', `refused by the gateway (401)${HOSTILE}\n`);
    terminal.write(KEY, `sk-${'x'.repeat(40)}\n`);
    const hostile = { AI_ENFORCEMENT_LEVEL: `off${HOSTILE}`, AI_MODEL: `gpt-x${HOSTILE}` };
    const text = await terminal.with(hostile).run('ai-doctor');
    expect(text).toMatchObject({ status: 1, stderr: '' });
    expect(text.stdout).toMatch(HARMLESS);
    const count = Number(/\d+ ok, (\d+) wrong/.exec(text.stdout)?.[1]);
    expect(count).toBeGreaterThan(5);
    expect(text.stdout.match(/^ {2}WRONG {4}.+\n {11}what to do: .+$/gm)).toHaveLength(count);
    expect(text.stdout).not.toContain(key.slice(3, -4));
    expect(text.stdout).not.toContain('x'.repeat(10));
  });

  /** A process of the workspace with the key among its variables. */
  async function withProcess(
    terminal: Terminal,
    [program = '', ...args]: readonly string[],
    work: () => Promise<void>,
  ): Promise<void> {
    const child = spawn(program, args, {
      env: { HOME: terminal.home, PATH: process.env.PATH, EDITOR_TOKEN: terminal.key },
      detached: true,
      stdio: 'ignore',
    });
    await once(child, 'spawn');
    try {
      await work();
    } finally {
      process.kill(-(child.pid ?? 0), 'SIGKILL');
    }
  }

  const VS_CODE = 'opt/code-server/node_modules/code-server/lib/vscode/out';
  const editors: [string, string, readonly string[], readonly string[]][] = [
    ['its server', 'lib/code-server', [], ['--auth', 'none']],
    [
      'its host of extensions',
      `${VS_CODE}/bootstrap-fork`,
      ['--dns-result-order=ipv4first'],
      ['--type=extensionHost', '--transformURIs', '--useHostProxy=false'],
    ],
    [
      'its host of terminals',
      `${VS_CODE}/bootstrap-fork`,
      [],
      ['--type=ptyHost', '--logsPath', '/home/coder/logs'],
    ],
    [
      'the host of extensions of an editor of another name',
      'opt/vscode/out/bootstrap-fork',
      ['--dns-result-order=ipv4first', '--max-old-space-size=4096'],
      ['--type=extensionHost', '--transformURIs'],
    ],
  ];
  test.each(editors)(
    'it sees that the editor has the key in its environment: %s',
    async (_, path, options, args) => {
      const terminal = clinic.copy();
      terminal.write(path, 'setTimeout(() => {}, 600_000);\n');
      const command = [process.execPath, ...options, join(terminal.home, path), ...args];
      await withProcess(terminal, command, async () => {
        await expectWrong(terminal, {
          'key: key nowhere else': /the editor has it in its environment \(EDITOR_TOKEN\)/,
        });
        // Of another home, it is none of ours.
        await expectWrong(clinic.copy(), {});
      });
    },
  );

  test('a program of a terminal that only names the editor is not the editor', async () => {
    const terminal = clinic.copy();
    terminal.write('code-server.log', '');
    const command = ['tail', '-f', join(terminal.home, 'code-server.log'), '--', '/dev/null'];
    await withProcess(terminal, command, async () => void (await expectWrong(terminal, {})));
  });

  const pipes: [string, Breakage['wrong']][] = [
    [KEY, { 'key: key file': /is no plain file/, 'Roo Code: settings file': /key .* cannot be read/ }],
    [
      '.config/ai-gateway/gateway',
      {
        'gateway: address': /gateway is not a file that can be read/,
        'Roo Code: settings file': /another address/,
        'OpenCode: configuration': /another address/,
      },
    ],
    ['.config/ai-gateway/status', { 'workspace: set-up': /has not run in this home/ }],
    ['.config/ai-gateway/env.sh', { 'workspace: terminal': /env\.sh is not a file that can be read/ }],
    ['.bashrc', { 'workspace: terminal': /\.bashrc does not read/ }],
    [ROO, { 'Roo Code: settings file': /is not a file that can be read/ }],
    [OPENCODE, { 'OpenCode: configuration': /is not a file that can be read/ }],
  ];
  test.each(pipes)('a pipe as %s keeps nobody waiting', async (path, wrong) => {
    const terminal = clinic.copy();
    rmSync(join(terminal.home, path));
    execFileSync('mkfifo', ['-m', '600', join(terminal.home, path)]);
    const claude = terminal.with({ ANTHROPIC_BASE_URL: clinic.platform.gateway.url });
    const [, ...others] = await Promise.all([
      expectWrong(terminal, wrong),
      claude.run('ai-key'),
      ...['ai-models', 'ai-usage'].map((tool) => terminal.run(tool)),
      terminal.run('ai-usage', '--badge'),
    ]);
    const needed = [KEY, '.config/ai-gateway/gateway'].includes(path);
    const status = needed ? 1 : 0;
    expect(others.map((other) => other.status)).toEqual([status, status, status, status]);
  });
});
