/** Writes the template a program declares, with the gateway's document beside it. */
import { join } from 'node:path';
import { checkTypes, report, withAllFaults } from '../constructs/common/validation';
import { shown } from '../synth/shown';
import { isTemplateName, LONGEST_NAME } from '../synth/template-name';
import { CliError } from '../terminal/fault';
import { fileFault } from '../terminal/file-fault';
import { catalog } from './catalog';
import { policy } from './policy';
import { ContractorWorkspaceStack, type ContractorWorkspaceStackProps } from './stacks/contractor-workspace';
import { declareApp, gatewayDocumentIn } from './synthesize';
import { fromHere, type WrittenTemplate } from './written-template';

/**
 * @example
 * runTemplateProgram({ name: 'backend-team', workspace: { cpu: { max: 16, default: 4 } } });
 */
export interface TemplateProgramProps {
  /** Name of the template in Coder: up to 31 letters, digits and "-". */
  readonly name: string;
  /** What differs from the contractor workspace as we ship it. @default - nothing */
  readonly workspace?: ContractorWorkspaceStackProps;
  /** Folder to write to. @default - `CDKTF_OUTDIR`, else `cdktf.out` */
  readonly outdir?: string;
}

export interface WriteOptions {
  /** Folder to write to, whatever the program says. @default - `CDKTF_OUTDIR`, else what the program says */
  readonly output?: string;
  /** Told what comes next. @default - nobody */
  readonly step?: (what: string) => void;
}

/** Whose call the user's props were typed in. */
const TITLE = 'runTemplateProgram';

/**
 * @param props as a program gave them: nothing has checked their types
 * @throws ValidationError that lists every fault of props, policy and catalog
 * @throws CliError when the folder cannot be written to
 */
export function writeTemplate(
  props: unknown,
  { output, step = () => {} }: WriteOptions = {},
): WrittenTemplate {
  const { name, outdir, write } = withAllFaults({ title: TITLE, at: 'workspace' }, () => {
    const checked = checkTypes<TemplateProgramProps>(TITLE, 'TemplateProgramProps', props, {
      fallback: { name: 'template', workspace: { catalog, policy } },
    });
    const { name, workspace = {} } = checked;
    report(TITLE, nameFaults(checked));
    step(`Synthesizing ${name}`);
    const folder = output ?? process.env.CDKTF_OUTDIR ?? checked.outdir;
    const inputs = {
      catalog: workspace.catalog ?? catalog,
      policy: workspace.policy ?? policy,
      outdir: folder,
    };
    const stackName = isTemplateName(name) ? name : 'template';
    const declared = writing(folder, () =>
      declareApp(inputs, (app) => new ContractorWorkspaceStack(app, stackName, workspace)),
    );
    return { name, ...declared };
  });
  step(`Writing ${name}`);
  writing(outdir, write);
  return {
    name,
    folder: fromHere(join(outdir, 'stacks', name)),
    gatewayDocument: fromHere(gatewayDocumentIn(outdir)),
  };
}

const nameFaults = ({ name, outdir }: TemplateProgramProps) => [
  ...(isTemplateName(name)
    ? []
    : [
        {
          path: 'name',
          text: `must be letters and digits joined by single hyphens, at most ${LONGEST_NAME}, got ${shown(name)}: Coder takes no other`,
        },
      ]),
  ...(outdir === ''
    ? [{ path: 'outdir', text: 'must be a folder, got "": leave it out for cdktf.out' }]
    : []),
];

/** What keeps a folder from being written to, by the code of the system. */
const UNWRITABLE: Readonly<Record<string, string>> = {
  EEXIST: 'a file is in the way',
  ENOTDIR: 'a file is in the way',
  EROFS: 'it cannot be written to',
  ENOSPC: 'there is no room left',
  ENAMETOOLONG: 'its name is too long',
};

function writing<T>(outdir: string | undefined, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const reason = UNWRITABLE[(error as NodeJS.ErrnoException).code ?? ''];
    // Whose it is, and how to get it back.
    const says = reason === undefined ? fileFault(error) : undefined;
    if (says !== undefined) throw new CliError(says);
    if (reason === undefined) throw error;
    const folder = shown(fromHere(outdir ?? 'cdktf.out'));
    throw new CliError(
      `The folder ${folder} cannot be written to: ${reason}. Name another one with --output.`,
    );
  }
}
