/** Another version of a platform that runs: backed up first, gateways one at a time, so that nobody has to stop working. */
import { writeBackup } from '../backup/backup-file';
import { checkFile } from '../backup/check-file';
import type { ApplierFactory } from './context';
import { checkDrain, drainedText } from './gateway-rollover';
import { openStoreOf } from './platform-store';
import type { Step } from './steps';
import type { Change } from './terraform-applier';
import { ASK_PROVIDER, CERTIFICATES, CHECK_DATABASE, CHECK_HOST, SECRETS, SYNTHESIZE } from './prepare-steps';
import { applied, begin, newVersions, planned, provide, WAIT } from './build-steps';
import { ADMINISTRATOR, LIVENESS, TEMPLATE } from './coder-steps';
import { DOCUMENT } from './document-step';
import { runUp } from './up';
import type { UpContext, UpWords } from './up-context';

export interface UpgradeWords extends UpWords {
  /** Seconds that calls under way get. */
  readonly drain?: number;
}

/** What a plan said, for the steps after it. */
const plans = new WeakMap<UpContext, readonly Change[]>();

const DRAIN: Step<UpContext> = {
  name: 'Reading how long calls under way get',
  ifItFails: '',
  run: (context) => {
    context.drainSeconds = checkDrain(context.outline, context.drainSeconds);
    return `${context.drainSeconds} s`;
  },
};

const IMAGES: Step<UpContext> = {
  name: 'Building images anew, and pulling those that are missing',
  ifItFails: 'What runs goes on as it is.',
  run: (context, stop) => provide(context, true, stop),
};

const PLAN: Step<UpContext> = {
  name: 'Planning what changes',
  ifItFails: 'What runs goes on as it is.',
  run: async (context, stop) => {
    await begin(context, stop);
    const changes = await planned(context, stop);
    plans.set(context, changes);
    const newer = await newVersions(context, changes);
    return newer.length === 0 ? 'nothing gets another version' : `another version: ${newer.join(', ')}`;
  },
};

const BACKUP: Step<UpContext> = {
  name: 'Backing up the databases',
  ifItFails: 'What runs goes on as it is.',
  run: async (context, stop) => {
    const { engine, folder, outline, secrets } = context;
    if (!outline.ownsDatabase) return "the site's Postgres is backed up by the site";
    const newer = await newVersions(context, plans.get(context) ?? []);
    if (newer.length === 0) return 'nothing migrates';
    const { store, companions } = await openStoreOf({ engine, outline, secrets }, stop);
    const { file, bytes } = await writeBackup(store, `${folder.backups}/`, companions, stop).finally(() =>
      store.close(),
    );
    // From end to end, as `restore` does.
    await checkFile(file);
    return `${file} (${Math.ceil(bytes / 1024)} kB)`;
  },
};

const REPLACE: Step<UpContext> = {
  name: 'Replacing what changes, gateways one at a time',
  ifItFails: 'Run this again: it goes on from there.',
  run: (context, stop) => applied(context, plans.get(context) ?? [], stop),
};

const ACCOUNT: Step<UpContext> = {
  name: 'Counting what became of calls under way',
  ifItFails: '',
  run: ({ drained }) => drainedText(drained),
};

/** From the first to the last. */
const STEPS: readonly Step<UpContext>[] = [
  SYNTHESIZE,
  DRAIN,
  CHECK_HOST,
  SECRETS,
  ASK_PROVIDER,
  CHECK_DATABASE,
  CERTIFICATES,
  IMAGES,
  PLAN,
  BACKUP,
  REPLACE,
  WAIT,
  ADMINISTRATOR,
  LIVENESS,
  DOCUMENT,
  TEMPLATE,
  ACCOUNT,
];

/** @param applierOf what makes the stack on the engine. @default - Terraform */
export const upgrade = (
  program: string | undefined,
  words: UpgradeWords,
  applierOf?: ApplierFactory,
): Promise<void> => runUp(STEPS, program, words, applierOf);
