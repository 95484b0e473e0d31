import type { AiPlatformProps } from '../constructs/platform/ai-platform';
import { runProgram } from '../terminal/program';
import { catalog } from './catalog';
import { platformPolicy as policy } from './platform-policy';
import { AiPlatformStack } from './stacks/ai-platform';
import { synthesize } from './synthesize';

export interface PlatformProgramProps {
  /** Name of the stack, and of its folder. @default 'ai-platform' */
  readonly name?: string;
  /** What differs from the platform as we ship it. @default - nothing */
  readonly platform?: Partial<AiPlatformProps>;
  /** Folder to write to. @default - `CDKTF_OUTDIR`, else `cdktf.out` */
  readonly outdir?: string;
}

/** Writes the platform, with the gateway's document in it. @returns its folder */
export function synthesizePlatform(props: PlatformProgramProps = {}): string {
  const { name = 'ai-platform', platform = {} } = props;
  const outdir = synthesize(
    {
      catalog: platform.catalog ?? catalog,
      policy: platform.policy ?? policy,
      outdir: process.env.CDKTF_OUTDIR ?? props.outdir,
    },
    (app) => new AiPlatformStack(app, name, platform),
  );
  return `${outdir}/stacks/${name}`;
}

/** The main function of a platform's program. */
export function runPlatformProgram(props: PlatformProgramProps = {}): void {
  runProgram(() => {
    const folder = synthesizePlatform(props);
    process.stdout.write(
      `wrote ${folder}\napply it: terraform -chdir=${folder} init && terraform -chdir=${folder} apply\n`,
    );
  });
}
