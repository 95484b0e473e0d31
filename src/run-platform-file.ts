/** Runs a program that declares a platform, and writes platform and template: a file that calls `runPlatformProgram`. */
import { statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import type { PlatformOutline } from '../constructs/platform/platform-outline';
import { NetworkSource } from '../constructs/workspace/workspace-network';
import { CliError, UsageError } from '../terminal/fault';
import { forTerminal } from '../terminal/terminal-text';
import { catalog } from './catalog';
import { setPlatformHost } from './platform-host';
import { platformPolicy } from './platform-policy';
import { writePlatform, type PlatformProgramProps, type WrittenPlatform } from './write-platform';
import { describeFault, FRAMES } from './program-fault';
import { runToItsEnd } from './program-run';
import { writeTemplate, type TemplateProgramProps } from './write-template';
import { fromHere } from './written-template';

const SHIPPED = join(__dirname, `platform${extname(__filename)}`);

export interface DeclaredPlatform {
  /** Folder of the stack. */
  readonly folder: string;
  readonly outline: PlatformOutline;
  readonly template: {
    readonly name: string;
    readonly folder: string;
    /** Image of the workspaces, as the engine is asked for it. @default - built or chosen by Terraform at each start */
    readonly image?: string;
  };
}

/** Image that workspaces run unless a template names another one. */
export const SHIPPED_IMAGE = 'contractor-workspace:1';

/**
 * @param program path of a TypeScript file. @default - the platform as we ship it
 * @param outdir folder to write to, whatever the program says
 * @throws UsageError when there is no such file
 * @throws CliError when the program fails, or declares nothing
 */
export async function runPlatformFile(
  program: string | undefined,
  outdir: string,
): Promise<DeclaredPlatform> {
  const file = program === undefined ? SHIPPED : programFile(program);
  const declared: { props: PlatformProgramProps; platform: WrittenPlatform }[] = [];
  setPlatformHost((props) => {
    // Now, so that what is wrong is told at the line that gave it.
    declared.push({ props, platform: writePlatform(props, outdir) });
  });
  Error.stackTraceLimit = FRAMES;
  try {
    await runToItsEnd(file, () => declared.length > 0);
    const [first, second] = declared;
    if (first === undefined)
      throw new CliError(
        `${fromHere(file)}: the program declares no platform: call runPlatformProgram({ platform: { … } }) in it.`,
      );
    if (second !== undefined)
      throw new CliError(
        `${fromHere(file)}: the program declares ${declared.length} platforms: one command makes one.`,
      );
    return { ...first.platform, template: templateOf(first.props, first.platform, outdir) };
  } catch (fault) {
    throw fault instanceof CliError ? fault : new CliError(describeFault(fault, file));
  } finally {
    setPlatformHost(undefined);
  }
}

/** The template fits the platform unless it says otherwise. */
function templateOf(
  { platform = {}, template = { name: 'contractor-workspace' } }: PlatformProgramProps,
  { outline }: WrittenPlatform,
  outdir: string,
): DeclaredPlatform['template'] {
  const props: TemplateProgramProps = {
    ...template,
    workspace: {
      catalog: platform.catalog ?? catalog,
      policy: platform.policy ?? platformPolicy,
      network: NetworkSource.existing(outline.workspaceNetwork.name),
      ...template.workspace,
    },
  };
  const { name } = writeTemplate(props, { output: outdir });
  const image = props.workspace?.image;
  return {
    name,
    folder: join(outdir, 'stacks', name),
    ...(image?.build === undefined && { image: image?.reference ?? SHIPPED_IMAGE }),
  };
}

/** @throws UsageError that says what to give instead */
function programFile(program: string): string {
  const file = resolve(program);
  if (!statSync(file, { throwIfNoEntry: false })?.isFile() || !file.endsWith('.ts') || file.endsWith('.d.ts'))
    throw new UsageError(
      `There is no file ${forTerminal(JSON.stringify(program))} that can be run: give a TypeScript file that calls runPlatformProgram.`,
    );
  return file;
}
