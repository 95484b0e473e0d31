/** The data sources of the coder provider other than the parameter: all of them read the environment. */
import * as os from 'node:os';
import { parseHourlyCron, schedulesOverlap } from '../cron';
import { error, type Diagnostic } from '../diagnostics';
import { FORMATS } from '../formats';
import type { Context, DataSourceRead, Outcome } from '../provider';
import { blocksOf, isObject, textOf, type CtyObject, type CtyValue } from '../values';
import { isTrue, optional, VARIABLES } from './environment';
import { readParameter } from './parameter';

const PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };
const NODE_ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64', arm: 'armv7' };

function ok(value: CtyObject): Outcome {
  return { value, diagnostics: [] };
}

function accessPort(url: string): number {
  try {
    const parsed = new URL(url);
    return parsed.port === '' ? (PORTS[parsed.protocol] ?? 0) : Number(parsed.port);
  } catch {
    return 0;
  }
}

function readWorkspace(config: CtyObject, { env, config: provider, uuid }: Context): Outcome {
  const diagnostics: Diagnostic[] = [];
  const isBuild = optional(env, VARIABLES.buildId) !== '';
  // Only a real build has a template; an import has none yet.
  const template = (name: string): string => {
    const value = optional(env, name);
    if (isBuild && value === '')
      diagnostics.push(error(`environment variable "${name}" is required but not set`));
    return value;
  };
  const isClaim = isTrue(env, VARIABLES.isPrebuildClaim);
  const isPrebuild = isTrue(env, VARIABLES.isPrebuild) && !isClaim;
  const transition = optional(env, VARIABLES.transition, 'start');
  const url = typeof provider['url'] === 'string' ? provider['url'] : '';
  const value: CtyObject = {
    ...config,
    access_port: accessPort(url),
    access_url: url,
    id: optional(env, VARIABLES.workspaceId) || uuid('workspace'),
    is_prebuild: isPrebuild,
    is_prebuild_claim: isClaim,
    name: optional(env, VARIABLES.workspaceName, 'default'),
    prebuild_count: isPrebuild ? 1 : 0,
    start_count: transition === 'start' ? 1 : 0,
    template_id: template(VARIABLES.templateId),
    template_name: template(VARIABLES.templateName),
    template_version: template(VARIABLES.templateVersion),
    transition,
  };
  return { value, diagnostics };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function readGroups(text: string | undefined): { groups: CtyValue; diagnostics: Diagnostic[] } {
  if (text === undefined) return { groups: [], diagnostics: [] };
  const parsed = parseJson(text);
  if (parsed === null) return { groups: [], diagnostics: [] };
  if (Array.isArray(parsed) && parsed.every((item) => typeof item === 'string')) {
    return { groups: parsed, diagnostics: [] };
  }
  const detail = `"${text}" is not a JSON list of strings`;
  return {
    groups: [],
    diagnostics: [error(`invalid user groups in ${VARIABLES.ownerGroups}`, detail, ['groups'])],
  };
}

function readRoles(text: string | undefined): { roles: CtyValue; diagnostics: Diagnostic[] } {
  if (text === undefined) return { roles: [], diagnostics: [] };
  const parsed = parseJson(text);
  if (parsed === null) return { roles: [], diagnostics: [] };
  if (!Array.isArray(parsed) || !parsed.every((item) => isObject(item as CtyValue))) {
    const detail = `"${text}" is not a JSON list of objects`;
    return {
      roles: null,
      diagnostics: [error(`invalid user roles in ${VARIABLES.ownerRbacRoles}`, detail, ['rbac_roles'])],
    };
  }
  // A key that the schema does not know makes the provider drop the whole list without a word.
  const known = parsed.every((item) =>
    Object.keys(item as object).every((key) => key === 'name' || key === 'org_id'),
  );
  return { roles: known ? (parsed as CtyValue) : null, diagnostics: [] };
}

function readOwner(config: CtyObject, { env, uuid }: Context): Outcome {
  const { groups, diagnostics } = readGroups(env[VARIABLES.ownerGroups]);
  const { roles, diagnostics: roleDiagnostics } = readRoles(env[VARIABLES.ownerRbacRoles]);
  return {
    value: {
      ...config,
      email: optional(env, VARIABLES.ownerEmail, 'default@example.com'),
      full_name: optional(env, VARIABLES.ownerName, 'default'),
      groups,
      id: optional(env, VARIABLES.ownerId) || uuid('owner'),
      login_type: env[VARIABLES.ownerLoginType] ?? null,
      name: optional(env, VARIABLES.owner, 'default'),
      oidc_access_token: optional(env, VARIABLES.ownerOidcAccessToken),
      rbac_roles: roles,
      session_token: optional(env, VARIABLES.ownerSessionToken),
      ssh_private_key: optional(env, VARIABLES.ownerSshPrivateKey),
      ssh_public_key: optional(env, VARIABLES.ownerSshPublicKey),
    },
    diagnostics: [...diagnostics, ...roleDiagnostics],
  };
}

function readSecret(config: CtyObject, { env, uuid }: Context): Outcome {
  const [name, file] = [config['env'], config['file']].map((v) => (typeof v === 'string' ? v : ''));
  if (!name === !file) {
    const detail = 'a secret is either an environment variable or a file';
    return {
      value: { ...config, id: uuid('secret') },
      diagnostics: [error('exactly one of "env" and "file" must be set', detail)],
    };
  }
  const value = optional(env, name ? VARIABLES.secretEnv(name) : VARIABLES.secretFile(file ?? ''));
  const isStart = optional(env, VARIABLES.buildId) !== '' && optional(env, VARIABLES.transition) === 'start';
  const help = typeof config['help_message'] === 'string' ? config['help_message'] : '';
  const what = name ? `env "${name}"` : `file "${file ?? ''}"`;
  return {
    value: { ...config, id: uuid(`secret ${what}`), value },
    diagnostics:
      isStart && value === '' ? [error('Missing required secret', `no secret for ${what}: ${help}`)] : [],
  };
}

function readTask(config: CtyObject, { env, uuid }: Context): Outcome {
  const id = optional(env, VARIABLES.taskId);
  const fault = id === '' ? undefined : FORMATS['uuid']?.(id);
  return {
    value: {
      ...config,
      id: id || uuid('task'),
      enabled: id !== '',
      prompt: optional(env, VARIABLES.taskPrompt),
    },
    diagnostics: fault === undefined ? [] : [error(`invalid task id in ${VARIABLES.taskId}`, fault)],
  };
}

function nested(value: CtyValue | undefined, name: string): CtyObject[] {
  return blocksOf(value).flatMap((block) => blocksOf(block[name]));
}

function readPreset(config: CtyObject, { uuid }: Context): Outcome {
  const schedules = nested(nested(config['prebuilds'], 'scheduling'), 'schedule').map(({ cron }) =>
    textOf(cron),
  );
  const diagnostics = schedules.flatMap((cron, index) =>
    schedules
      .slice(0, index)
      .flatMap((earlier) =>
        schedulesOverlap(parseHourlyCron(earlier), parseHourlyCron(cron))
          ? [
              error('schedules overlap with each other', `"${earlier}" and "${cron}" cover the same hour`, [
                'prebuilds',
              ]),
            ]
          : [],
      ),
  );
  return { value: { ...config, id: uuid(`preset ${textOf(config['name'])}`) }, diagnostics };
}

export const DATA_SOURCES: Readonly<Record<string, DataSourceRead>> = {
  coder_external_auth: (config, { env }) =>
    ok({ ...config, access_token: optional(env, VARIABLES.externalAuth(textOf(config['id']))) }),
  coder_parameter: readParameter,
  coder_provisioner: (config, { uuid }) =>
    ok({
      ...config,
      id: uuid('provisioner'),
      arch: NODE_ARCHITECTURES[process.arch] ?? process.arch,
      os: os.platform(),
    }),
  coder_secret: readSecret,
  coder_task: readTask,
  coder_workspace: readWorkspace,
  coder_workspace_owner: readOwner,
  coder_workspace_preset: readPreset,
  coder_workspace_tags: (config, { uuid }) => ok({ ...config, id: uuid('tags') }),
};
