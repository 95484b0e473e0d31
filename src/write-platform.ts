/** Writes the platform a program declares. */
import type { AiPlatformProps } from '../constructs/platform/ai-platform';
import type { PlatformOutline } from '../constructs/platform/platform-outline';
import { catalog } from './catalog';
import { platformPolicy as policy } from './platform-policy';
import { AiPlatformStack } from './stacks/ai-platform';
import { synthesize } from './synthesize';
import type { TemplateProgramProps } from './write-template';

/**
 * @example
 * runPlatformProgram({ platform: { gateway: { replicas: 2 }, monitoring: {} }, template: { name: 'backend-team' } });
 */
export interface PlatformProgramProps {
  /** Name of the stack, and of its folder. @default 'ai-platform' */
  readonly name?: string;
  /** What differs from the platform as we ship it. @default - nothing */
  readonly platform?: Partial<AiPlatformProps>;
  /**
   * The template that `contractor-workspace up` pushes. It gets the platform's catalog, policy and network unless it says
   * otherwise.
   *
   * @default - the contractor workspace as we ship it
   */
  readonly template?: TemplateProgramProps;
  /** Folder to write to. @default - `CDKTF_OUTDIR`, else `cdktf.out` */
  readonly outdir?: string;
}

export interface WrittenPlatform {
  readonly folder: string;
  readonly outline: PlatformOutline;
}

/** Writes the platform, with the gateway's document in it. */
export function writePlatform(props: PlatformProgramProps, outdir?: string): WrittenPlatform {
  const { name = 'ai-platform', platform = {} } = props;
  const made: { stack?: AiPlatformStack } = {};
  const folder = synthesize(
    {
      catalog: platform.catalog ?? catalog,
      policy: platform.policy ?? policy,
      outdir: outdir ?? process.env.CDKTF_OUTDIR ?? props.outdir,
    },
    (app) => (made.stack = new AiPlatformStack(app, name, platform)),
  );
  const outline = made.stack?.outline;
  // A prop that is refused throws before this.
  if (outline === undefined) throw new Error(`the stack ${name} has no outline`);
  return { folder: `${folder}/stacks/${name}`, outline };
}
