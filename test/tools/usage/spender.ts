import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Platform } from '../../start-up/support';
import { spend, startWorkspace, type Terminal } from '../support';

/** A gateway, and a workspace of somebody who has spent there, in this one and in a second. */
export class Spender {
  private copies = 0;

  private constructor(
    readonly platform: Platform,
    readonly terminal: Terminal,
  ) {}

  static async open(): Promise<Spender> {
    const platform = await Platform.start();
    const home = join(platform.newHome(), 'a home with spaces');
    mkdirSync(home, { mode: 0o700 });
    const terminal = await startWorkspace(platform, {}, home);
    await spend(platform, terminal, { input_tokens: 100_000, output_tokens: 10_000 });
    await spend(platform, terminal, { input_tokens: 12_345, output_tokens: 678 }, 'claude-haiku-4-5');
    const other = await startWorkspace(platform, {
      workspace: { workspaceId: '11111111-2222-4333-8444-555555555555', workspaceName: 'second' },
    });
    await spend(platform, other, { input_tokens: 200_000, output_tokens: 0 });
    return new Spender(platform, terminal);
  }

  /** The same workspace with a home of its own, to break. */
  copy(): Terminal {
    return this.terminal.copy(`${this.terminal.home}-copy-${(this.copies += 1)}`);
  }

  close(): Promise<void> {
    return this.platform.stop();
  }
}
