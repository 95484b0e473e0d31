import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { runProgram } from '../terminal/program';
import { readCommandLine } from '../terminal/command-line';
import { synthesizeInPlace } from '../release/synthesized';
import { preflight, type Preflight } from '../release/preflight/preflight';
import { hasErrors, writeJson, writeText } from '../release/preflight/report';
import { checkSecretFiles } from '../release/preflight/secret-files';

const HELP = `npm run preflight [-- <folder>] [options]

Looks at a synthesized template as Coder would get it, and says what a push, a form or a build would trip over.
Also names files with secrets that git has, committed or staged.
Without a folder, synthesizes now and looks at every template that was written to cdktf.out/stacks/.

  --variables-file <yaml>   also checks that it holds a value for every variable; never shows one
  --name <name>             the name the template is pushed under; without it, the folder's
  --lock                    makes .terraform.lock.hcl for linux_amd64 and linux_arm64; needs terraform and a registry
  --json                    for a program

Ends with the command that pushes, or with exit code 1 when there is an error. Notes are no errors.
`;

/** A stack without an agent is no workspace and is not pushed. */
const isTemplate = (folder: string): boolean =>
  readdirSync(folder).some(
    (name) => name.endsWith('.tf') && /resource "coder_agent"/.test(readFileSync(join(folder, name), 'utf8')),
  );

runProgram(async () => {
  const line = readCommandLine('preflight', {
    'variables-file': { type: 'string' },
    name: { type: 'string' },
    lock: { type: 'boolean' },
    json: { type: 'boolean' },
  });
  if (line.has('help')) return void process.stdout.write(HELP);
  const [folder, ...others] = line.words;
  if (others.length > 0) throw new Error(`one folder is checked at a time, got ${line.words.join(' ')}`);
  if (folder !== undefined && !existsSync(folder)) {
    throw new Error(
      `there is no folder ${folder}: leave it out to synthesize and check, or run "npm run synth" first`,
    );
  }
  const folders = folder === undefined ? synthesizeInPlace().filter(isTemplate) : [folder];
  if (line.has('name') && folders.length > 1) {
    throw new Error(
      `--name is for one template, there are ${folders.length}: give the folder of the one that is meant`,
    );
  }
  const variablesFile = line.text('variables-file');
  const files = checkSecretFiles(folders, variablesFile);
  const preflights: Preflight[] = [];
  for (const one of folders) {
    preflights.push(
      await preflight(
        {
          folder: one,
          name: line.text('name') ?? basename(resolve(one)),
          makesLock: line.has('lock'),
          ...(variablesFile === undefined ? {} : { variablesFile }),
        },
        [files],
      ),
    );
  }
  process.stdout.write(line.has('json') ? writeJson(preflights) : writeText(preflights));
  if (hasErrors(preflights)) process.exitCode = 1;
});
