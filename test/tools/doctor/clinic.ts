/** A healthy workspace to break, and what `ai-doctor` must say about it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Platform } from '../../start-up/support';
import { HARMLESS, startWorkspace, TOOLS, type Terminal } from '../support';

export interface Check {
  readonly section: string;
  readonly check: string;
  readonly state: 'ok' | 'wrong' | 'skipped';
  readonly message: string;
  readonly what_to_do?: string;
}

export interface Report {
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

/** A scenario: what is done to a healthy workspace, and which checks must say so in which words. */
export interface Breakage {
  readonly what: string;
  readonly damage: (terminal: Terminal) => Terminal | void | Promise<Terminal | void>;
  readonly wrong: Readonly<Record<string, RegExp>>;
}

export const KEY = '.config/ai-gateway/key';
export const ROO = '.config/roo-code/settings.json';
export const OPENCODE = '.config/opencode/opencode.json';

export const stateOf = ({ checks }: Report, name: string): string | undefined =>
  checks.find(({ section, check }) => `${section}: ${check}` === name)?.state;

const wrongOf = ({ checks }: Report): Record<string, string> =>
  Object.fromEntries(
    checks
      .filter(({ state }) => state === 'wrong')
      .map(({ section, check, message }) => [`${section}: ${check}`, message]),
  );

/** Exactly these checks are wrong, in these words, each with a remedy; and no key was printed. */
export async function expectWrong(
  terminal: Terminal,
  wrong: Breakage['wrong'],
  ...args: string[]
): Promise<Report> {
  const { status, stdout, stderr } = await terminal.run('ai-doctor', '--json', ...args);
  const report = JSON.parse(stdout) as Report;
  const found = wrongOf(report);
  expect(Object.keys(found).sort()).toEqual(Object.keys(wrong).sort());
  for (const [check, words] of Object.entries(wrong)) expect(found[check]).toMatch(words);
  for (const { state, message, what_to_do } of report.checks) {
    expect(what_to_do !== undefined).toBe(state === 'wrong');
    // As text, the same words go to a terminal, each on a line of its own.
    expect(`${message}${what_to_do ?? ''}`).toMatch(HARMLESS);
    expect(`${message}${what_to_do ?? ''}`).not.toContain('\n');
  }
  const isWell = Object.keys(wrong).length === 0;
  expect({ status, ok: report.ok, stderr }).toEqual({ status: isWell ? 0 : 1, ok: isWell, stderr: '' });
  expect(stdout).not.toMatch(/sk-[\w-]{5,}/);
  return report;
}

/** Where no image is. */
export const NO_IMAGE = { CONTRACTOR_WORKSPACE_IMAGE: '/nonexistent/image.json' };

/** A gateway, a workspace that it serves, and copies of that to break. */
export class Clinic {
  private copies = 0;
  private readonly started = new Map<string, Terminal>();

  private constructor(
    readonly platform: Platform,
    readonly healthy: Terminal,
  ) {}

  static async open(): Promise<Clinic> {
    const platform = await Platform.start();
    const home = join(platform.newHome(), 'a home');
    mkdirSync(home, { mode: 0o700 });
    const started = await startWorkspace(platform, {}, home);
    // Behind the guard stands a program that says its version at once: the real one has a test of its own.
    const programs = join(platform.newHome(), 'programs');
    mkdirSync(programs);
    for (const program of ['opencode', 'claude'])
      writeFileSync(join(programs, program), '#!/bin/sh\necho 1.2.3\n', { mode: 0o755 });
    const path = `${TOOLS}:${programs}:${process.env.PATH}`;
    return new Clinic(platform, started.with({ ...NO_IMAGE, PATH: path }));
  }

  /** The healthy workspace, with a home of its own. */
  copy(): Terminal {
    return this.healthy.copy(`${this.healthy.home} ${(this.copies += 1)}`);
  }

  /** Another workspace of the same gateway, with a home of its own; the plan of an equal one is not made again. */
  async start(options: Parameters<Platform['workspace']>[0]): Promise<Terminal> {
    const wanted = JSON.stringify(options);
    const started = this.started.get(wanted) ?? (await startWorkspace(this.platform, options));
    this.started.set(wanted, started);
    const changes = { ...NO_IMAGE, PATH: this.healthy.environment.PATH };
    return started.copy(`${started.home} ${(this.copies += 1)}`, changes);
  }

  close(): Promise<void> {
    return this.platform.stop();
  }
}
