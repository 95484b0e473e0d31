/** From nothing to a running platform, and from a half-made one to a whole: what is done already is not done again. */
import { createHash } from 'node:crypto';
import { ensureCertificates } from '../certificates/ensure';
import { platformNames } from '../certificates/names';
import { siteOf } from '../certificates/site-words';
import { runPlatformFile } from '../src/run-platform-file';
import { CliError } from '../terminal/fault';
import { untilStopped } from '../terminal/stopped';
import { askInSecret, canAsk } from './ask';
import { hasFirstUser, makeFirstUser, makeGatewayToken, signIn, TOKEN_DAYS, whoHas } from './coder-people';
import type { ApplierFactory } from './context';
import { Engine } from './engine';
import { PlatformFolder } from './folder';
import { drainedText, replaceGateways } from './gateway-rollover';
import { waitUntilWell } from './health';
import { clockFault, HOST_CHECKS, isSkewed } from './host-checks';
import { digestOfFolder, imageId, missingImages, neededImages, provideImages } from './images';
import { withLock } from './lock';
import { chooseSubnets } from './networks';
import { clearTheWay, refuseLosses } from './obstacles';
import { checkProvider, KeyRefused, questionsFor } from './provider-key';
import { addToRecord, readRecord } from './record';
import {
  CODER_ADMIN_PASSWORD,
  CODER_ADMIN_TOKEN,
  CODER_TOKEN,
  fromEnvironment,
  isGiven,
  newSecret,
  readSecrets,
  writeSecrets,
} from './secrets';
import { checkDatabase } from './site-database';
import { runSteps, sayToStderr, type Step } from './steps';
import { activeVersion, pushTemplate } from './template-push';
import type { Change } from './terraform-applier';
import { UpContext, type UpWords } from './up-context';
import { sayWhereItIs } from './where-it-is';

export const SYNTHESIZE: Step<UpContext> = {
  name: 'Synthesizing platform and template',
  ifItFails: 'Mend the program, and run this again.',
  run: async (context) => {
    context.folder.make();
    context.declared = await runPlatformFile(context.program, context.folder.synth);
    const { services } = context.outline;
    return `${services.filter(({ runsOnce }) => !runsOnce).length} services`;
  },
};

export const CHECK_HOST: Step<UpContext> = {
  name: 'Checking this host',
  ifItFails: 'Nothing was made. Run this again then.',
  run: async ({ engine, outline, declared }) => {
    await engine.version();
    const missing = await missingImages(engine, neededImages(outline, declared.template));
    const found: string[] = [];
    for (const { find } of HOST_CHECKS)
      found.push(await find({ engine, outline, needsImages: missing.length > 0 }));
    return found.join(', ');
  },
};

export const SECRETS: Step<UpContext> = {
  name: 'Reading or making the secrets',
  ifItFails: 'Nothing was made. Run this again then.',
  run: async (context, stop) => {
    const { folder, outline, engine } = context;
    const known = readSecrets(folder.secrets);
    if (known === undefined) await refuseStrangersData(context);
    const secrets: Record<string, string> = { ...known };
    let made = 0;
    for (const secret of outline.secrets) {
      const { name, isOptional } = secret;
      const given = fromEnvironment(name);
      if (given !== undefined) secrets[name] = given;
      else if (secrets[name] === undefined && !isOptional) {
        secrets[name] = isGiven(secret) ? await askFor(name, stop) : newSecret(name);
        made += 1;
      }
    }
    if (outline.coder.isOwn)
      secrets[CODER_ADMIN_PASSWORD] ??= fromEnvironment(CODER_ADMIN_PASSWORD) ?? newSecret('');
    // Chosen once as well: another range would be another network, without the workspaces.
    Object.assign(secrets, await chooseSubnets(engine, outline, secrets));
    if (JSON.stringify(secrets) !== JSON.stringify(known)) writeSecrets(folder.secrets, secrets);
    context.secrets = secrets;
    return made === 0 ? folder.secrets : `${made} made, in ${folder.secrets} (mode 0600)`;
  },
};

/** Data whose passwords nobody here knows would only keep the new services from starting. */
async function refuseStrangersData({ engine, outline, folder }: UpContext): Promise<void> {
  for (const { keptVolumes, name } of outline.services) {
    // Coder keeps downloads there, and no data.
    if (name === 'coder') continue;
    for (const volume of keptVolumes)
      if ((await engine.find(`/volumes/${volume}`)) !== undefined)
        throw new CliError(
          `The volume ${volume} holds data of an earlier platform, and its secrets are not in ${folder.secrets}: put that file back, name its folder by --folder, or give this platform another name.`,
        );
  }
}

async function askFor(name: string, stop: AbortSignal): Promise<string> {
  const variable = name.toUpperCase();
  if (!canAsk())
    throw new CliError(
      `${variable} is not given, and there is no terminal to ask at: set ${variable}, or ${variable}_FILE to a file with it.`,
    );
  const value = await askInSecret(`  ${variable} (it is not shown): `, stop);
  if (value === '') throw new CliError(`Nothing was typed for ${variable}.`);
  return value;
}

export const ASK_PROVIDER: Step<UpContext> = {
  name: 'Asking the provider whether it takes the key',
  ifItFails: 'Nothing was built.',
  skips: ({ words }) => words.skipProviderCheck === true,
  run: async (context, stop) => {
    const { secrets, outline, folder } = context;
    const settings = outline.services.find(({ name }) => name === 'gateway_1')?.environment ?? {};
    const questions = questionsFor(secrets, settings);
    const asked = createHash('sha256').update(JSON.stringify(questions)).digest('hex');
    const { providerAsked } = readRecord(folder);
    if (providerAsked === asked) return 'it did before';
    for (const question of questions) {
      const { aheadSeconds } = await checkProvider(question, stop).catch((fault: unknown) => {
        // What was mistyped must not be taken again; what a platform runs with stays.
        if (fault instanceof KeyRefused && providerAsked === undefined) forget(context, fault.variable);
        throw fault;
      });
      if (aheadSeconds !== undefined && isSkewed(aheadSeconds))
        throw clockFault(`${question.provider}'s`, aheadSeconds);
    }
    addToRecord(folder, { providerAsked: asked });
    return questions.length === 0
      ? 'nobody to ask: the first call will tell'
      : `${questions.map(({ provider }) => provider).join(', ')}: yes`;
  },
};

function forget(context: UpContext, variable: string): void {
  const others: Record<string, string> = { ...context.secrets };
  delete others[variable.toLowerCase()];
  context.secrets = others;
  writeSecrets(context.folder.secrets, others);
}

export const CHECK_DATABASE: Step<UpContext> = {
  name: "Asking the site's Postgres for its rights",
  ifItFails: 'Nothing was built.',
  skips: ({ outline }) => outline.ownsDatabase,
  run: async ({ secrets, outline }) => {
    for (const { name } of outline.secrets)
      if (name.endsWith('_database_url')) await checkDatabase(name.toUpperCase(), secrets[name] ?? '');
  },
};

export const CERTIFICATES: Step<UpContext> = {
  name: 'Making or checking the certificates',
  ifItFails: 'Nothing was built.',
  skips: ({ outline }) => !outline.needsTlsFiles,
  run: (context) => {
    const { folder, outline, words } = context;
    const { accessUrl, wildcardAccessUrl, speaksTls } = outline.coder;
    const site = siteOf(words);
    const certificates = ensureCertificates({
      folder: folder.certificates,
      names: platformNames(
        speaksTls ? { accessUrl, ...(wildcardAccessUrl !== undefined && { wildcardAccessUrl }) } : {},
      ),
      ...(site && { site }),
    });
    for (const warning of certificates.warnings) context.say(`  Note: ${warning}.`);
    context.certificates = certificates;
    return certificates.isChanged ? `made in ${folder.certificates}` : 'they fit';
  },
};

export const IMAGES: Step<UpContext> = {
  name: 'Building and pulling images',
  ifItFails: 'What was built stays, and is not built again.',
  run: (context, stop) => provide(context, false, stop),
};

export const provide = (context: UpContext, rebuild: boolean, stop: AbortSignal): Promise<string> =>
  provideImages(
    neededImages(context.outline, context.declared.template),
    {
      engine: context.engine,
      folder: context.folder,
      authority: context.authority,
      gatewayBaseImage: context.words.gatewayBaseImage,
    },
    { rebuild },
    stop,
  );

const APPLY: Step<UpContext> = {
  name: 'Applying the stack',
  ifItFails: 'What was made stays. Run this again: it goes on from there.',
  run: async (context, stop) => {
    await begin(context, stop);
    const changes = await planned(context, stop);
    const newer = await newVersions(context, changes);
    if (newer.length > 0)
      throw new CliError(
        `${newer.join(', ')} would get another version. That is what "contractor-workspace upgrade" is for: it backs up first.`,
      );
    return applied(context, changes, stop);
  },
};

/** From here on there is something to look at and to take down. */
export async function begin({ applier, folder, declared }: UpContext, stop: AbortSignal): Promise<void> {
  addToRecord(folder, { made: { folder: declared.folder, outline: declared.outline } });
  await applier.init(stop);
}

/** What has to change, with the way cleared for it. */
export async function planned(
  { applier, engine, outline, say }: UpContext,
  stop: AbortSignal,
): Promise<Change[]> {
  const changes = await applier.plan({}, stop);
  refuseLosses(changes);
  const removed = await clearTheWay(engine, outline, changes);
  if (removed.length > 0) say(`  removed what an attempt that was cut off had left: ${removed.join(', ')}`);
  return changes;
}

/** Services that run and would be replaced by others of another image. */
export async function newVersions(
  { engine, outline }: UpContext,
  changes: readonly Change[],
): Promise<string[]> {
  const newer: string[] = [];
  for (const { action, type, name } of changes) {
    const service = outline.services.find((each) => each.name === name);
    if (action !== 'replace' || type !== 'docker_container' || !service || service.runsOnce) continue;
    const runs = await engine.find<{ Image: string }>(`/containers/${service.container}/json`);
    if (runs !== undefined && runs.Image !== (await imageId(engine, service.image))) newer.push(name);
  }
  return newer;
}

/** Applies changes: gateways one at a time, everything else at once. @returns what was done */
export async function applied(
  context: UpContext,
  changes: readonly Change[],
  stop: AbortSignal,
): Promise<string> {
  const { engine, outline, applier, say } = context;
  const drained = await replaceGateways(
    {
      engine,
      outline,
      applier,
      say,
      hasRange: (network) => context.hasRange(network),
      drainSeconds: context.drainSeconds ?? outline.gateway.shutdownSeconds,
    },
    changes,
    stop,
  );
  if (drained.gateways > 0) context.drained = drained;
  const left = drained.gateways > 0 ? await planned(context, stop) : changes;
  if (left.length > 0) await applier.apply(stop);
  const count = new Set([...changes, ...left].map(({ address }) => address)).size;
  if (count === 0 && drained.gateways === 0) return 'nothing to change';
  return `${count} changes${drained.gateways > 0 ? `; gateways: ${drainedText(drained)}` : ''}`;
}

export const WAIT: Step<UpContext> = {
  name: 'Waiting until all services are well',
  ifItFails: 'Run this again when that is mended: "contractor-workspace logs" says more.',
  run: ({ engine, outline }, stop) => waitUntilWell(engine, outline, stop),
};

export const ADMINISTRATOR: Step<UpContext> = {
  name: "Making Coder's administrator",
  ifItFails: 'Run this again: everything else is there.',
  skips: ({ outline }) => !outline.coder.isOwn,
  run: async (context, stop) => {
    const { coder, secrets, words } = context;
    const administrator = {
      username: words.adminName,
      email: words.adminEmail,
      password: secrets[CODER_ADMIN_PASSWORD] ?? '',
    };
    const isThere = await hasFirstUser(coder, stop);
    if (!isThere) await makeFirstUser(coder, administrator, stop);
    const given = fromEnvironment(CODER_ADMIN_TOKEN);
    const token = given ?? (await signIn(coder, administrator, stop));
    if (token === undefined)
      throw new CliError(
        `Coder does not know ${administrator.email} with the password in ${context.folder.secrets}: give a token of an administrator by ${CODER_ADMIN_TOKEN.toUpperCase()} or ${CODER_ADMIN_TOKEN.toUpperCase()}_FILE ("coder tokens create").`,
      );
    const name = await whoHas(coder, token, stop);
    if (name === undefined)
      throw new CliError(
        `Coder does not take the token in ${CODER_ADMIN_TOKEN.toUpperCase()}: make another one.`,
      );
    context.adminToken = token;
    return isThere
      ? `there is one; signed in as ${name}`
      : `${administrator.email}, password in ${context.folder.secrets}`;
  },
};

const DAY_MS = 86_400_000;
/** Days before its end at which the gateway's token is made anew. */
const RENEWED_DAYS = 30;

export const LIVENESS: Step<UpContext> = {
  name: 'Letting the gateway look after workspaces',
  ifItFails: 'Run this again: everything else is there.',
  skips: ({ outline }) => !outline.coder.isOwn,
  run: async (context, stop) => {
    const { coder, folder } = context;
    const made = Date.parse(readRecord(folder).coderTokenMade ?? '');
    const isOld = Date.now() - made > (TOKEN_DAYS - RENEWED_DAYS) * DAY_MS;
    const token = context.coderToken;
    if (token !== undefined && !isOld && (await whoHas(coder, token, stop)) !== undefined) return 'it does';
    const key = await makeGatewayToken(coder, context.adminToken, stop);
    context.secrets = { ...context.secrets, [CODER_TOKEN]: key };
    writeSecrets(folder.secrets, context.secrets);
    addToRecord(folder, { coderTokenMade: new Date().toISOString() });
    return applied(context, await planned(context, stop), stop);
  },
};

export const TEMPLATE: Step<UpContext> = {
  name: 'Pushing the template',
  ifItFails: 'Run this again: everything else is there.',
  skips: ({ outline }) => !outline.coder.isOwn,
  run: async (context, stop) => {
    const { engine, coder, folder, outline, declared, secrets, adminToken: token } = context;
    const { name, folder: source } = declared.template;
    const variables = { workspace_claim_secret: secrets['workspace_claim_secret'] ?? '' };
    const inputs = createHash('sha256')
      .update(digestOfFolder(source))
      .update(JSON.stringify(variables))
      .digest('hex');
    const pushed = readRecord(folder).template;
    const version = await activeVersion({ coder, name, token }, stop);
    if (version !== undefined && pushed?.name === name && pushed.inputs === inputs) return `${name} is there`;
    const container = outline.services.find((each) => each.name === 'coder')?.container ?? '';
    await pushTemplate({ engine, coder, container, name, folder: source, variables, token }, stop);
    const now = await activeVersion({ coder, name, token }, stop);
    addToRecord(folder, { template: { name, inputs, version: now ?? '' } });
    return name;
  },
};

/** From the first to the last. */
const STEPS: readonly Step<UpContext>[] = [
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
): Promise<void> {
  return untilStopped(async (stop) => {
    const folder = new PlatformFolder(words.folder);
    folder.make();
    await withLock(folder, async () => {
      const context = new UpContext(
        { folder, engine: new Engine(), say: sayToStderr, applierOf },
        program,
        words,
      );
      context.drainSeconds = words.drain;
      try {
        await runSteps(steps, context, stop, context.say);
        sayWhereItIs(context);
      } finally {
        await context.close();
      }
    });
  });
}
