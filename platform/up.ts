/** From nothing to a running platform, and from a half-made one to a whole: what is done already is not done again. */
import { untilStopped } from '../terminal/stopped';
import { IMAGES, APPLY, WAIT } from './build-steps';
import { ADMINISTRATOR, LIVENESS, TEMPLATE } from './coder-steps';
import { DOCUMENT } from './document-step';
import type { ApplierFactory } from './context';
import { Engine } from './engine';
import { PlatformFolder } from './folder';
import { withLock } from './lock';
import { SYNTHESIZE, CHECK_HOST, SECRETS, ASK_PROVIDER, CHECK_DATABASE, CERTIFICATES } from './prepare-steps';
import { runSteps, sayToStderr, type Step } from './steps';
import { UpContext, type UpWords } from './up-context';
import { sayWhereItIs } from './where-it-is';

/** From the first to the last. */
export const STEPS: readonly Step<UpContext>[] = [
  SYNTHESIZE,
  CHECK_HOST,
  SECRETS,
  ASK_PROVIDER,
  CHECK_DATABASE,
  CERTIFICATES,
  IMAGES,
  APPLY,
  WAIT,
  ADMINISTRATOR,
  LIVENESS,
  DOCUMENT,
  TEMPLATE,
];

/** @param applierOf what makes the stack on the engine. @default - Terraform */
export function up(program: string | undefined, words: UpWords, applierOf?: ApplierFactory): Promise<void> {
  return runUp(STEPS, program, words, applierOf);
}

export function runUp(
  steps: readonly Step<UpContext>[],
  program: string | undefined,
  words: UpWords & { readonly drain?: number },
  applierOf?: ApplierFactory,
  atTheEnd: (context: UpContext) => void = sayWhereItIs,
): Promise<void> {
  return untilStopped(async (stop) => {
    const folder = new PlatformFolder(words.folder);
    folder.make();
    await withLock(folder, async () => {
      const context = new UpContext(
        { folder, engine: new Engine().asksUntil(stop), say: sayToStderr, applierOf },
        program,
        words,
      );
      context.drainSeconds = words.drain;
      try {
        await runSteps(steps, context, stop, context.say);
        atTheEnd(context);
      } finally {
        await context.close();
      }
    });
  });
}
