/** What `up` looks at and makes before anything is built: program, host, secrets, provider, certificates. */
import { ensureCertificates } from '../certificates/ensure';
import { platformNames } from '../certificates/names';
import { siteOf } from '../certificates/site-words';
import { runPlatformFile } from '../src/run-platform-file';
import { CliError } from '../terminal/fault';
import { askInSecret, canAsk } from './ask';
import { bedrockModelOf } from './bedrock-model';
import { chooseBedrock, isBedrockOpen, isBedrockVariable, NO_FAILOVER } from './bedrock-keys';
import { clockFault, HOST_CHECKS, isSkewed } from './host-checks';
import { missingImages, neededImages } from './images';
import { chooseSubnets } from './networks';
import { checkProvider, INSTANCE_ROLE, KeyRefused, questionsFor, type Question } from './provider-key';
import { addToRecord, readRecord } from './record';
import {
  CODER_ADMIN_PASSWORD,
  fromEnvironment,
  isGiven,
  newSecret,
  readSecrets,
  writeSecrets,
} from './secrets';
import { checkDatabase } from './site-database';
import type { Step } from './steps';
import type { UpContext } from './up-context';
import { createHash } from 'node:crypto';

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
    context.secretsBefore = known ?? {};
    let made = 0;
    const isOpen = isBedrockOpen(outline.secrets) && bedrockModelOf(context.declared) !== undefined;
    for (const secret of outline.secrets) {
      const { name, isOptional } = secret;
      if (isOpen && isBedrockVariable(name)) continue;
      const given = fromEnvironment(name);
      if (given !== undefined) secrets[name] = given;
      else if (secrets[name] === undefined && !isOptional) {
        secrets[name] = isGiven(secret) ? await askFor(name, stop) : newSecret(name);
        made += 1;
      }
    }
    if (isOpen) {
      const { secrets: chosen, says } = await chooseBedrock(secrets, stop);
      Object.assign(secrets, chosen);
      context.say(`  ${says}`);
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
    const questions = questionsFor(secrets, settings, bedrockModelOf(context.declared));
    if (readRecord(folder).providerAsked === digestOf(questions)) return 'it did before';
    const taken: Question[] = [];
    for (const question of questions) {
      const clock = await checkProvider(question, stop).catch((fault: unknown) => {
        if (!(fault instanceof KeyRefused)) throw fault;
        takeBack(context, fault.variable);
        // Nobody has asked for the role: that there is one means no more than that it may help.
        if (fault.variable !== INSTANCE_ROLE || !isBedrockOpen(outline.secrets)) throw fault;
        context.say(`  ${fault.message} Until then ${NO_FAILOVER}.`);
        return undefined;
      });
      if (clock === undefined) continue;
      const { aheadSeconds } = clock;
      if (aheadSeconds !== undefined && isSkewed(aheadSeconds))
        throw clockFault(`${question.provider}'s`, aheadSeconds);
      taken.push(question);
    }
    addToRecord(folder, { providerAsked: digestOf(taken) });
    return taken.length === 0
      ? 'nobody to ask: the first call will tell'
      : `${taken.map(({ provider }) => provider).join(', ')}: yes`;
  },
};

const digestOf = (questions: readonly Question[]): string =>
  createHash('sha256').update(JSON.stringify(questions)).digest('hex');

/** What was mistyped must not be taken again; what a platform runs with stays. */
function takeBack(context: UpContext, variable: string): void {
  const { folder, secretsBefore, secrets } = context;
  const before = readRecord(folder).providerAsked === undefined ? {} : secretsBefore;
  const goes = (name: string): boolean =>
    variable.startsWith('AWS_') ? isBedrockVariable(name) : name === variable.toLowerCase();
  const others = Object.entries(secrets).flatMap(([name, value]): [string, string][] => {
    if (!goes(name)) return [[name, value]];
    const former = before[name];
    return former === undefined ? [] : [[name, former]];
  });
  context.secrets = Object.fromEntries(others);
  writeSecrets(folder.secrets, context.secrets);
}

export const CHECK_DATABASE: Step<UpContext> = {
  name: "Asking the site's Postgres for its rights",
  ifItFails: 'Nothing was built.',
  skips: ({ outline }) => outline.ownsDatabase,
  run: async ({ secrets, outline }, stop) => {
    for (const { name } of outline.secrets)
      if (name.endsWith('_database_url')) await checkDatabase(name.toUpperCase(), secrets[name] ?? '', stop);
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
