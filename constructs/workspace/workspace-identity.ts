import { TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { expression } from '../common/expression';
import { local } from '../common/local';
import { validateProps } from '../common/validation';
import type { StartCondition } from './workspace-container';
import type { WorkspaceContext } from './workspace-context';

/**
 * @example
 * new WorkspaceIdentity(this, 'Identity', { context, level: enforcement.ref, groups: '[]', wanted: 'true' });
 */
export interface WorkspaceIdentityProps {
  readonly context: WorkspaceContext;
  /** Plain reference to the level in force. */
  readonly level: string;
  /** Plain reference to the names of the groups the policy knows; others stay out of the claim. */
  readonly groups: string;
  /** Expression (plain, boolean): does this workspace want a key at all? */
  readonly wanted: string;
}

/**
 * Proof toward the gateway of which workspace this is: a claim about one start build and a keyed hash of it.
 *
 * The secret stays with Terraform and the gateway. What reaches the workspace can be read there, but neither
 * changed nor used for another workspace, owner, template or level. Terraform has no HMAC; the nested hash
 * is its length-extension-safe form.
 */
export class WorkspaceIdentity extends Construct {
  /** Plain reference to `v1.<base64 of the claim>.<proof>`; empty when this build asks for no key: it stops, or has no owner yet. */
  readonly claim: string;
  /** For the container: a validation of the variable would print the value it refuses, whatever "sensitive" says. */
  readonly condition: StartCondition = {
    holds: 'length(var.workspace_claim_secret) >= 32',
    otherwise:
      'workspace_claim_secret must have at least 32 characters: make one with "openssl rand -hex 32".',
  };

  constructor(scope: Construct, id: string, props: WorkspaceIdentityProps) {
    super(scope, id);
    validateProps(this, 'WorkspaceIdentityProps', props);
    const { context } = props;

    const secret = new TerraformVariable(this, 'Secret', {
      type: 'string',
      sensitive: true,
      nullable: false,
      description:
        'Shared with the AI gateway (WORKSPACE_CLAIM_SECRET): signs which workspace asks for a key.',
    });
    secret.overrideLogicalId('workspace_claim_secret');

    const claim = local(
      this,
      'workspace_claim_json',
      expression`jsonencode({
    v          = 1
    deployment = ${context.workspace}.access_url
    workspace = {
      id   = ${context.workspace}.id
      name = ${context.workspace}.name
    }
    owner = {
      id     = ${context.owner}.id
      name   = ${context.owner}.name
      groups = [for group in ${context.owner}.groups : group if contains(${props.groups}, group)]
    }
    template = {
      id      = ${context.workspace}.template_id
      name    = ${context.workspace}.template_name
      version = ${context.workspace}.template_version
    }
    level      = ${props.level}
    transition = ${context.workspace}.transition
    issued_at  = plantimestamp()
    prebuild   = ${context.workspace}.is_prebuild
  })`,
    );
    const proof = local(
      this,
      'workspace_claim_proof',
      expression`sha256("\${var.workspace_claim_secret}\${sha256("\${var.workspace_claim_secret}\${${claim}}")}")`,
    );
    this.claim = local(
      this,
      'workspace_claim',
      expression`${context.workspace}.transition == "start" && !${context.workspace}.is_prebuild && ${props.wanted} ? "v1.\${base64encode(${claim})}.\${${proof}}" : ""`,
    );
  }
}
