import { nodeFault } from '../terminal/set-up.cjs';
import { describeFault, FRAMES } from './program-fault';
import { currentHost } from './program-host';
import { writeTemplate, type TemplateProgramProps } from './write-template';
import { wroteText } from './written-template';

export type { TemplateProgramProps } from './write-template';

const help = ({
  name,
  outdir = 'cdktf.out',
}: TemplateProgramProps): string => `Synthesizes the Coder template "${name}".

Writes the template to ${outdir}/stacks/${name}/ and the gateway's models and policy to
${outdir}/gateway/config.json. Needs nothing but Node.js. CDKTF_OUTDIR names another folder.
`;

/**
 * The main function of a template: writes it, with the gateway's document beside it.
 *
 * What is wrong with the props is said in one list, with the line of the program that gave them; the exit code is 1 then.
 */
export function runTemplateProgram(props: TemplateProgramProps): void {
  const host = currentHost();
  if (host !== undefined) return host(props);
  const tooOld = nodeFault(process.versions.node);
  if (tooOld !== undefined) return fail(tooOld);
  Error.stackTraceLimit = FRAMES;
  try {
    process.stdout.write(process.argv.includes('--help') ? help(props) : wroteText(writeTemplate(props)));
  } catch (fault) {
    fail(describeFault(fault, process.argv[1]));
  }
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
