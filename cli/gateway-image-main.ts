/** `contractor-workspace` as the gateway's image has it: what a gateway's host needs, and nothing that makes a template. */
import { newGroup } from '../terminal/command';
import { runCommandLine } from '../terminal/run';
import { admins } from './admins';
import { audit } from './audit';
import { budgets } from './budgets';
import { gateway } from './gateway';
import { keys } from './keys';
import { people } from './people';
import { spend } from './spend';

const { version } = require('../package.json') as { version: string };

const program = newGroup(
  'contractor-workspace',
  {
    summary: 'The AI gateway, and what its administrators ask it',
    examples: ['gateway', 'keys list', 'keys --help'],
  },
  [gateway(), keys(), people(), budgets(), admins(), audit(), spend()],
).version(version, '-V, --version', 'show the version');

void runCommandLine(program, process.argv.slice(2));
