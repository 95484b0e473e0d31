/** What is made in Coder once it runs: administrator, the gateway's token, the template. */
import { CliError } from '../terminal/fault';
import { planned, applied } from './build-steps';
import { hasFirstUser, makeFirstUser, makeGatewayToken, signIn, TOKEN_DAYS, whoHas } from './coder-people';
import { digestOfFolder } from './images';
import { addToRecord, readRecord } from './record';
import {
  CODER_ADMIN_PASSWORD,
  CODER_ADMIN_TOKEN,
  CODER_TOKEN,
  fromEnvironment,
  writeSecrets,
} from './secrets';
import type { Step } from './steps';
import { activeVersion, pushTemplate } from './template-push';
import type { UpContext } from './up-context';
import { createHash } from 'node:crypto';

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
