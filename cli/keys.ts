/** `npm run keys -- …`: keys, budgets and spend from the command line. */
import { CliError, connect, EXIT } from '../administration/admin-client';
import { output, parseLine, type Command } from '../administration/command';
import { create } from '../administration/create';
import { importUsers } from '../administration/import-users';
import { block, info, list, raise, revoke, rotate, unblock } from '../administration/manage';
import { spend, verify } from '../administration/spend';
import { forTerminal } from '../terminal/terminal-text';

const COMMANDS: Readonly<Record<string, Command>> = {
  create,
  list,
  info,
  rotate,
  revoke,
  block,
  unblock,
  raise,
  import: importUsers,
  spend,
  verify,
};

const HELP = `Usage: npm run keys -- <command> [options]

Keys, budgets and spend of the gateway, by its admin listener.

${Object.values(COMMANDS)
  .map(({ usage, summary }) => `  ${usage}\n      ${summary}`)
  .join('\n')}

  --json    the answer as JSON, for programs
  --csv     tables as CSV
  --help    this text

Environment:
  GATEWAY_ADMIN_URL         where the admin listener is (http://127.0.0.1:4001)
  GATEWAY_ADMIN_KEY         an admin key, or the master key (also read: GATEWAY_MASTER_KEY, LITELLM_MASTER_KEY)
  GATEWAY_ADMIN_KEY_FILE    a file with it that only you can read (0600), in the place of a variable

Exit codes: 0 done, 1 failed, 2 not understood, 3 refused by the gateway, 4 gateway not reached, 5 verify found a
difference.
`;

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(HELP);
    return name === undefined ? EXIT.usage : 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) throw new CliError(`"${name}" is no command. See --help.`, EXIT.usage);
  const { options, format, wantsHelp } = parseLine(rest, command.options);
  if (wantsHelp) {
    process.stdout.write(`Usage: npm run keys -- ${command.usage}\n\n${command.summary}\n`);
    return 0;
  }
  const out = output(
    format,
    (text) =>
      new Promise((done, failed) => process.stdout.write(text, (fault) => (fault ? failed(fault) : done()))),
    (text) => process.stderr.write(text),
  );
  return (await command.run(connect(process.env), options, out)) ?? 0;
}

// What was to be shown is lost, a new key perhaps: that is no success.
process.stdout.on('error', () => (process.exitCode = EXIT.failed));

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode ||= code;
  },
  (fault: unknown) => {
    const isExpected = fault instanceof CliError;
    process.stderr.write(`${isExpected ? fault.message : `It failed: ${forTerminal(String(fault))}`}\n`);
    process.exitCode = isExpected ? fault.exitCode : EXIT.failed;
  },
);
