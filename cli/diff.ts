import { runProgram } from '../terminal/program';
import { readCommandLine } from '../terminal/command-line';
import { severityNamed, SEVERITIES } from '../release/diff/change';
import { compare } from '../release/diff/comparison';
import { isRefused, writeReport, worstOf } from '../release/diff/report';

const HELP = `npm run diff -- <git ref> [options]

Says in words what a change of the template means: for people who have a workspace, and for those who make one.
Compares the snapshot in test/snapshots/<template>/ at the ref with what is synthesized now. Checks nothing out.

  --template <name>      this template only; without it, every template that has a snapshot
  --to <git ref>         compares with the snapshot at another ref instead of what is synthesized now
  --from-dir, --to-dir   compare two folders instead of git refs
  --markdown             for a pull request
  --json                 for a program
  --fail-on <severity>   ends with exit code 1 when a change is that bad or worse

Severities, the worst first:
${SEVERITIES.map(({ name, title }) => `  ${name.padEnd(12)} ${title.charAt(0).toLowerCase()}${title.slice(1)}`).join('\n')}
`;

runProgram(async () => {
  const line = readCommandLine('diff', {
    template: { type: 'string' },
    to: { type: 'string' },
    'from-dir': { type: 'string' },
    'to-dir': { type: 'string' },
    markdown: { type: 'boolean' },
    json: { type: 'boolean' },
    'fail-on': { type: 'string' },
  });
  if (line.has('help')) return void process.stdout.write(HELP);
  if (line.words.length > 1) {
    throw new Error(`one git ref is compared, got ${line.words.join(' ')}: give the other one with --to`);
  }
  if (line.has('json') && line.has('markdown')) {
    throw new Error('a report is either for a program or for a pull request: give --json or --markdown');
  }
  const failOn = line.text('fail-on');
  const limit = failOn === undefined ? undefined : severityNamed(failOn);
  const comparisons = await compare({
    ref: line.words[0],
    to: line.text('to'),
    template: line.text('template'),
    fromDir: line.text('from-dir'),
    toDir: line.text('to-dir'),
    repository: process.cwd(),
  });
  const style = line.has('json') ? 'json' : line.has('markdown') ? 'markdown' : 'text';
  process.stdout.write(writeReport(comparisons, style));
  if (limit !== undefined && isRefused(comparisons, limit)) {
    process.stderr.write(`a change is "${worstOf(comparisons)}", and --fail-on ${limit} refuses that\n`);
    process.exitCode = 1;
  }
});
