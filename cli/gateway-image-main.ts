/** `contractor-workspace` as the gateway's image has it: what a gateway's host needs, and nothing that makes a template. */
import { newGroup } from '../terminal/command';
import { runCommandLine } from '../terminal/run';
import { gateway } from './gateway';

const { version } = require('../package.json') as { version: string };

const program = newGroup(
  'contractor-workspace',
  { summary: 'The AI gateway, and what its administrators ask it', examples: ['gateway', 'gateway --help'] },
  [gateway()],
).version(version, '-V, --version', 'show the version');

void runCommandLine(program, process.argv.slice(2));
