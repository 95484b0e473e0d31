/** What a new key is for: its scope in the policy, whose it is, what it is called. */
import { foldName, newName } from '../keys/owner-names';
import { ensureOwner } from '../keys/owners';
import { openAccount } from '../keys/issued-keys';
import type { Services } from '../services';
import type { Statements } from '../store/database';
import { invalid } from './terms-input';

export interface PurposeInput {
  /** `user`, `user:<name>`, `ci:<repository>`, `agent:review`, `agent:write`, `workspace:<id>`. */
  readonly scope?: string;
  readonly user_id?: string | null;
  readonly key_alias?: string | null;
}

export interface Purpose {
  readonly scope: string;
  readonly ownerId: string;
  readonly ownerName: string;
  readonly ownerGroups: readonly string[];
  readonly alias: string | null;
  readonly workspaceId: string | null;
  readonly workspaceName: string | null;
  readonly templateName: string | null;
  readonly accountId?: string;
}

const REPOSITORY = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$/;
const WORKSPACE_ID = /^[A-Za-z0-9._:-]{1,128}$/;

export async function purposeOf(
  services: Services,
  statements: Statements,
  input: PurposeInput,
): Promise<Purpose> {
  const { scope, detail } = readScope(services, input);
  const nobodys = { workspaceId: null, workspaceName: null, templateName: null };
  if (scope === 'workspace') return workspacePurpose(statements, detail, input);
  if (scope === 'user') {
    const owner = await ensureOwner(statements, nameOfUser(detail, input));
    const ownerName = owner.name ?? owner.id;
    return {
      ...nobodys,
      scope,
      ownerId: owner.id,
      ownerName,
      ownerGroups: owner.groups,
      alias: input.key_alias ?? null,
    };
  }
  if (scope === 'ci' && (detail === undefined || !REPOSITORY.test(detail)))
    throw invalid('scope', 'A CI key is for one repository: scope "ci:<repository>".');
  const label = detail === undefined ? scope : `${scope}:${detail}`;
  const alias = input.key_alias ?? label.replaceAll(/[:/]/g, '-');
  // A service's key that is somebody's counts toward that person.
  if (input.user_id != null) {
    const owner = await ensureOwner(statements, input.user_id);
    return {
      ...nobodys,
      scope,
      ownerId: owner.id,
      ownerName: owner.name ?? owner.id,
      ownerGroups: owner.groups,
      alias,
    };
  }
  return { ...nobodys, scope, ownerId: label, ownerName: label, ownerGroups: [], alias };
}

function readScope(
  { documents }: Services,
  { scope = 'user' }: PurposeInput,
): { scope: string; detail: string | undefined } {
  const known = Object.keys(documents.current.document.scopes);
  const name = known.find((each) => scope === each || scope.startsWith(`${each}:`));
  if (name === undefined)
    throw invalid(
      'scope',
      `The policy has no scope "${scope.slice(0, 64)}": there are ${known.join(', ')}, some with a detail behind a colon (user:<name>, ci:<repository>, workspace:<id>).`,
    );
  const detail = scope === name ? undefined : scope.slice(name.length + 1);
  if (detail !== undefined && (detail === '' || name.startsWith('agent')))
    throw invalid('scope', `Nothing can stand behind "${name}:" as you have it.`);
  return { scope: name, detail };
}

function nameOfUser(detail: string | undefined, { user_id }: PurposeInput): string {
  if (detail !== undefined && user_id != null && foldName(detail) !== foldName(user_id))
    throw invalid('user_id', 'scope and user_id name two different people.');
  return detail ?? user_id ?? newName();
}

/** It spends from the workspace's own account, and ends when the workspace asks for its key by itself. */
async function workspacePurpose(
  statements: Statements,
  workspaceId: string | undefined,
  input: PurposeInput,
): Promise<Purpose> {
  if (workspaceId === undefined || !WORKSPACE_ID.test(workspaceId))
    throw invalid('scope', 'A workspace key is for one workspace: scope "workspace:<workspace id>".');
  if (input.user_id == null) throw invalid('user_id', "user_id is required: the workspace's owner.");
  const owner = await ensureOwner(statements, input.user_id);
  const rows = await statements.run<{ owner_id: string; name: string; template_name: string }>(
    'workspace-of-admin',
    // The update changes nothing; it makes the statement return the row that is there.
    `insert into workspaces (id, name, deployment, owner_id, template_name, template_version, newest_claim_at)
     values ($1, $1, '', $2, '', '', 'epoch') on conflict (id) do update set id = excluded.id
     returning owner_id, name, template_name`,
    [workspaceId, owner.id],
  );
  const [workspace] = rows;
  if (workspace?.owner_id !== owner.id)
    throw invalid('user_id', 'That workspace belongs to somebody else, by its newest claim.');
  return {
    scope: 'workspace',
    ownerId: owner.id,
    ownerName: owner.name ?? owner.id,
    ownerGroups: owner.groups,
    alias: input.key_alias ?? null,
    workspaceId,
    workspaceName: workspace.name,
    templateName: workspace.template_name === '' ? null : workspace.template_name,
    accountId: await openAccount(statements, `workspace/${workspaceId}/${owner.id}`),
  };
}
