import type { ContractorWorkspaceProps } from '../constructs/workspace/contractor-workspace';
import { catalog } from './catalog';
import { policy } from './policy';
import { runProgram } from '../terminal/program';
import { ContractorWorkspaceStack } from './stacks/contractor-workspace';
import { synthesize } from './synthesize';

export interface TemplateProgramProps {
  /** Name of the template in Coder: up to 31 letters, digits and "-". */
  readonly name: string;
  /** What differs from the contractor workspace as we ship it. @default - nothing */
  readonly workspace?: Partial<ContractorWorkspaceProps>;
  /** Folder to write to. @default - `CDKTF_OUTDIR`, else `cdktf.out` */
  readonly outdir?: string;
}

const help = ({ name, outdir }: TemplateProgramProps): string => `Synthesizes the Coder template "${name}".

Writes the template to ${outdir ?? 'cdktf.out'}/stacks/${name}/ and the gateway's models and policy to
${outdir ?? 'cdktf.out'}/gateway/config.json. Needs nothing but Node.js. CDKTF_OUTDIR names another folder.
`;

/** The main function of a template: writes it, with the gateway's document beside it. */
export function runTemplateProgram(props: TemplateProgramProps): void {
  runProgram(() => {
    if (process.argv.includes('--help')) return void process.stdout.write(help(props));
    const { name, workspace = {} } = props;
    const outdir = synthesize(
      {
        catalog: workspace.catalog ?? catalog,
        policy: workspace.policy ?? policy,
        outdir: process.env.CDKTF_OUTDIR ?? props.outdir,
      },
      (app) => new ContractorWorkspaceStack(app, name, workspace),
    );
    const folder = `${outdir}/stacks/${name}`;
    process.stdout.write(
      `wrote ${folder}\npush it: coder templates push ${name} -d ${folder} --variables-file variables.yaml\n`,
    );
  });
}
