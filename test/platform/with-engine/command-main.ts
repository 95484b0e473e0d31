/**
 * `up`, `upgrade` and `down` as people run them, with their signals and exit codes, but for one thing: Terraform's docker
 * provider is replaced by hand (`by-hand.ts`). Where TEST_PROVIDER_MIRROR names a mirror of the real one, nothing is.
 */
import { down } from '../../../platform/down';
import { up } from '../../../platform/up';
import { upgrade } from '../../../platform/upgrade';
import type { UpgradeWords } from '../../../platform/upgrade';
import { CliError } from '../../../terminal/fault';
import { messageOf } from '../../../terminal/message';
import { openReplay } from '../../harness/replay-host';
import { ByHand } from './by-hand';

const [command, json = '{}'] = process.argv.slice(2);
const { program, ...words } = JSON.parse(json) as UpgradeWords & { program?: string };
const COMMANDS: Readonly<Record<string, (applierOf?: typeof byHand) => Promise<void>>> = {
  up: (applierOf) => up(program, words, applierOf),
  upgrade: (applierOf) => upgrade(program, words, applierOf),
  down: (applierOf) => down(words, applierOf),
};

const byHand = (...props: ConstructorParameters<typeof ByHand>): ByHand => new ByHand(...props);

async function main(): Promise<void> {
  const run = COMMANDS[command ?? ''];
  if (run === undefined) throw new Error(`no command ${command}`);
  if (process.env.TEST_PROVIDER_MIRROR) return run();
  const replay = await openReplay({});
  process.env.TF_REATTACH_PROVIDERS = replay.reattach;
  try {
    await run(byHand);
  } finally {
    replay.close();
  }
}

void main().then(
  () => process.exit(),
  (fault: unknown) => {
    process.stderr.write(`${messageOf(fault)}\n`);
    process.exit(fault instanceof CliError ? fault.exitCode : 1);
  },
);
