/** `secrets rotate` on a platform that `up` made. */
import type { ApplierFactory } from '../platform/context';
import { checkDrain } from '../platform/gateway-rollover';
import { CERTIFICATES, CHECK_DATABASE, SYNTHESIZE } from '../platform/prepare-steps';
import { IMAGES } from '../platform/build-steps';
import { ADMINISTRATOR } from '../platform/coder-steps';
import { fromEnvironment, readSecrets } from '../platform/secrets';
import { runSteps, type Step } from '../platform/steps';
import { runUp } from '../platform/up';
import type { UpContext, UpWords } from '../platform/up-context';
import { CliError } from '../terminal/fault';
import { PlatformSite } from './platform-site';
import { stepsOf, type Rotation } from './rotate-steps';
import { ROTATED_SECRETS, type Rotated } from './rotated-secrets';

export interface RotateWords extends UpWords {
  readonly drain?: number;
  readonly force?: number;
}

const SECRETS: Step<UpContext> = {
  name: 'Reading the secrets',
  ifItFails: 'Nothing was changed.',
  run: (context) => {
    const secrets = readSecrets(context.folder.secrets);
    if (secrets === undefined)
      throw new CliError(
        `There is no platform in ${context.folder.path}: "contractor-workspace up" makes one, or --folder names where it is. With --by-hand the steps for any other gateway are told.`,
      );
    context.secrets = secrets;
    context.drainSeconds = checkDrain(context.outline, context.drainSeconds);
  },
};

/** What is given again at each `up` would take the place of the new one. */
function refuseGiven(site: PlatformSite, name: Rotated): void {
  const { current, beside } = site.entriesOf(name);
  for (const entry of [current, beside, site.keySecret])
    if (fromEnvironment(entry) !== undefined)
      throw new CliError(
        `${entry.toUpperCase()} is set in the environment (or ${entry.toUpperCase()}_FILE, or TF_VAR_${entry}): "up" would put it in the place of the new one. Take it out, and run this again.`,
      );
}

/** All that is left once program, secrets and host were looked at. */
export const rotateStep = (name: Rotated, force: number | undefined): Step<UpContext> => ({
  name: `Changing the ${ROTATED_SECRETS[name].meaning}`,
  ifItFails: '',
  run: async (context, stop) => {
    const site = new PlatformSite(context);
    refuseGiven(site, name);
    const own: Rotation = { site, name, force, say: context.say, hasEnded: false };
    await runSteps(stepsOf(name), own, stop, (line) => context.say(`  ${line}`));
    return own.hasEnded ? 'the former one has ended' : 'both are in force';
  },
});

/** @param applierOf what makes the stack on the engine. @default - Terraform */
export function rotatePlatform(
  name: Rotated,
  program: string | undefined,
  words: RotateWords,
  applierOf?: ApplierFactory,
): Promise<void> {
  const steps = [
    SYNTHESIZE,
    SECRETS,
    CHECK_DATABASE,
    CERTIFICATES,
    IMAGES,
    ADMINISTRATOR,
    rotateStep(name, words.force),
  ];
  return runUp(steps, program, words, applierOf, () => {});
}
