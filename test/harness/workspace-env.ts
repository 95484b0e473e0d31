/** The environment of a workspace build, as a Coder provisioner gives it to the coder provider. */
import { VARIABLES } from './replay-provider/coder/environment';

/** Who builds what. Everything left out is unset, so the provider's own default holds. */
export interface WorkspaceBuild {
  /** User name. */
  readonly owner?: string;
  readonly ownerId?: string;
  readonly ownerFullName?: string;
  readonly ownerEmail?: string;
  readonly groups?: readonly string[];
  readonly roles?: readonly { readonly name: string; readonly org_id: string }[];
  readonly ownerSessionToken?: string;
  readonly ownerLoginType?: string;
  /** Chosen parameter values by parameter name; text, as the form sends it. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Values of the build before, by parameter name. */
  readonly previous?: Readonly<Record<string, string>>;
  readonly transition?: 'start' | 'stop' | 'delete';
  readonly workspaceId?: string;
  readonly workspaceName?: string;
  /** Makes it a real build rather than a template import; needs the template's three names. */
  readonly buildId?: string;
  readonly templateId?: string;
  readonly templateName?: string;
  readonly templateVersion?: string;
  readonly prebuild?: boolean;
  readonly prebuildClaim?: boolean;
  /** Token of the running agent, known to every build after the first. */
  readonly agentToken?: string;
  /** URL of the Coder server. */
  readonly accessUrl?: string;
  /** Access tokens by id of the external authentication. */
  readonly externalAuth?: Readonly<Record<string, string>>;
  /** User secrets by the environment variable they are meant for. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Agent start scripts by "os_arch", e.g. "linux_amd64". */
  readonly agentScripts?: Readonly<Record<string, string>>;
  /** Makes every generated UUID repeatable. Not a variable of Coder. */
  readonly seed?: string;
}

function named(
  values: Readonly<Record<string, string>> | undefined,
  variable: (name: string) => string,
): [string, string][] {
  return Object.entries(values ?? {}).map(([name, value]) => [variable(name), value]);
}

/** Renders a build as environment variables. */
export function workspaceEnv(build: WorkspaceBuild): Record<string, string> {
  const single: readonly (readonly [string, string | undefined])[] = [
    [VARIABLES.owner, build.owner],
    [VARIABLES.ownerId, build.ownerId],
    [VARIABLES.ownerName, build.ownerFullName],
    [VARIABLES.ownerEmail, build.ownerEmail],
    [VARIABLES.ownerGroups, build.groups && JSON.stringify(build.groups)],
    [VARIABLES.ownerRbacRoles, build.roles && JSON.stringify(build.roles)],
    [VARIABLES.ownerSessionToken, build.ownerSessionToken],
    [VARIABLES.ownerLoginType, build.ownerLoginType],
    [VARIABLES.transition, build.transition],
    [VARIABLES.workspaceId, build.workspaceId],
    [VARIABLES.workspaceName, build.workspaceName],
    [VARIABLES.buildId, build.buildId],
    [VARIABLES.templateId, build.templateId],
    [VARIABLES.templateName, build.templateName],
    [VARIABLES.templateVersion, build.templateVersion],
    [VARIABLES.isPrebuild, build.prebuild?.toString()],
    [VARIABLES.isPrebuildClaim, build.prebuildClaim?.toString()],
    [VARIABLES.agentToken, build.agentToken],
    [VARIABLES.agentUrl, build.accessUrl],
    ['TEST_REPLAY_SEED', build.seed],
  ];
  return Object.fromEntries([
    ...single.filter((pair): pair is [string, string] => pair[1] !== undefined),
    ...named(build.parameters, VARIABLES.parameter),
    ...named(build.previous, VARIABLES.previousParameter),
    ...named(build.externalAuth, VARIABLES.externalAuth),
    ...named(build.secrets, VARIABLES.secretEnv),
    ...named(build.agentScripts, (platform) => `CODER_AGENT_SCRIPT_${platform}`),
  ]);
}
