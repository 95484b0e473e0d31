/** The environment variables of the coder provider. */
import { createHash } from 'node:crypto';
import type { Environment } from '../plan';

/** Lower-case hex sha256 of a text in UTF-8: how names of parameters become parts of variable names. */
export function hashName(name: string): string {
  return createHash('sha256').update(name, 'utf8').digest('hex');
}

export const VARIABLES = {
  agentUrl: 'CODER_AGENT_URL',
  transition: 'CODER_WORKSPACE_TRANSITION',
  workspaceId: 'CODER_WORKSPACE_ID',
  workspaceName: 'CODER_WORKSPACE_NAME',
  templateId: 'CODER_WORKSPACE_TEMPLATE_ID',
  templateName: 'CODER_WORKSPACE_TEMPLATE_NAME',
  templateVersion: 'CODER_WORKSPACE_TEMPLATE_VERSION',
  buildId: 'CODER_WORKSPACE_BUILD_ID',
  isPrebuild: 'CODER_WORKSPACE_IS_PREBUILD',
  isPrebuildClaim: 'CODER_WORKSPACE_IS_PREBUILD_CLAIM',
  owner: 'CODER_WORKSPACE_OWNER',
  ownerId: 'CODER_WORKSPACE_OWNER_ID',
  ownerName: 'CODER_WORKSPACE_OWNER_NAME',
  ownerEmail: 'CODER_WORKSPACE_OWNER_EMAIL',
  ownerGroups: 'CODER_WORKSPACE_OWNER_GROUPS',
  ownerRbacRoles: 'CODER_WORKSPACE_OWNER_RBAC_ROLES',
  ownerLoginType: 'CODER_WORKSPACE_OWNER_LOGIN_TYPE',
  ownerSessionToken: 'CODER_WORKSPACE_OWNER_SESSION_TOKEN',
  ownerOidcAccessToken: 'CODER_WORKSPACE_OWNER_OIDC_ACCESS_TOKEN',
  ownerSshPublicKey: 'CODER_WORKSPACE_OWNER_SSH_PUBLIC_KEY',
  ownerSshPrivateKey: 'CODER_WORKSPACE_OWNER_SSH_PRIVATE_KEY',
  taskId: 'CODER_TASK_ID',
  taskPrompt: 'CODER_TASK_PROMPT',
  /** The running agent's token; the hash is that of the empty name. */
  agentToken: `CODER_RUNNING_WORKSPACE_AGENT_TOKEN_${hashName('')}`,
  parameter: (name: string) => `CODER_PARAMETER_${hashName(name)}`,
  previousParameter: (name: string) => `CODER_PARAMETER_PREVIOUS_${hashName(name)}`,
  externalAuth: (id: string) => `CODER_EXTERNAL_AUTH_ACCESS_TOKEN_${id}`,
  agentScript: (os: string, arch: string) => `CODER_AGENT_SCRIPT_${os}_${arch}`,
  secretEnv: (name: string) => `CODER_SECRET_ENV_${name}`,
  secretFile: (file: string) => `CODER_SECRET_FILE_${Buffer.from(file, 'utf8').toString('hex')}`,
} as const;

/** Value of a variable where an empty one counts as unset. */
export function optional(env: Environment, name: string, fallback = ''): string {
  const value = env[name] ?? '';
  return value === '' ? fallback : value;
}

/** True for "true" in any case. */
export function isTrue(env: Environment, name: string): boolean {
  return (env[name] ?? '').toLowerCase() === 'true';
}
