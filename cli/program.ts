/** `contractor-workspace`: the one program. Each command is a file beside this one; what it does is loaded when it is asked for. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { newGroup } from '../terminal/command';
import { IS_PACKAGE } from '../terminal/set-up.cjs';
import { admins } from './admins';
import { alerts } from './alerts';
import { audit } from './audit';
import { backup } from './backup';
import type * as Bench from './bench';
import { budgets } from './budgets';
import { certificates } from './certificates';
import { completion } from './completion';
import { contentLogging } from './content-logging';
import { create } from './create';
import type * as Demo from './demo';
import { diff } from './diff';
import { doctor } from './doctor';
import { document } from './document';
import { down } from './down';
import { example } from './example';
import { gateway } from './gateway';
import { gatewayImage } from './gateway-image';
import { image } from './image';
import { insights } from './insights';
import { keys } from './keys';
import { logs } from './logs';
import { people } from './people';
import { preflight } from './preflight';
import { reconcile } from './reconcile';
import { restore } from './restore';
import { review } from './review';
import { secrets } from './secrets';
import { snapshot } from './snapshot';
import { spend } from './spend';
import { status } from './status';
import { synth } from './synth';
import { up } from './up';
import { upgrade } from './upgrade';

const { version } = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as {
  version: string;
};

/** What such a command runs is no part of the package. */
const inClone = (command: () => Command): Command[] => (IS_PACKAGE ? [] : [command()]);

export function newProgram(): Command {
  const program = newGroup(
    'contractor-workspace',
    {
      summary: 'The Coder contractor workspace with its AI stack, declared as code',
      examples: [IS_PACKAGE ? 'example' : 'demo', 'up', 'synth', 'keys create ci frontend', 'keys --help'],
      notes:
        () => `Exit codes: 0 done, 1 failed or found what has to be mended, 2 not understood, 3 refused by the gateway,
4 gateway not reached, 5 the account does not add up, 6 done in part, 130 stopped by Ctrl-C, 143 by SIGTERM. NO_COLOR=1 shows no colours.`,
    },
    [
      synth(),
      example(),
      create(),
      ...inClone(() => (require('./demo') as typeof Demo).demo()),
      up(),
      status(),
      logs(),
      down(),
      upgrade(),
      doctor(),
      review(),
      gateway(),
      keys(),
      people(),
      budgets(),
      admins(),
      document(),
      audit(),
      alerts(),
      contentLogging(),
      spend(),
      insights(),
      reconcile(),
      backup(),
      restore(),
      secrets(),
      image(),
      gatewayImage(),
      certificates(),
      preflight(),
      diff(),
      snapshot(),
      ...inClone(() => (require('./bench') as typeof Bench).bench()),
    ],
  )
    .version(version, '-V, --version', 'show the version')
    // What stands behind a command is that command's own, also where one above it has an option of the same name.
    .enablePositionalOptions();
  program.addCommand(completion(program));
  return program;
}
