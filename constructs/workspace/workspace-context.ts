import { Construct } from 'constructs';
import { DataCoderProvisioner, DataCoderWorkspace, DataCoderWorkspaceOwner } from './coder';

/** What Coder says about the build under way: the workspace, its owner, the machine that runs Terraform. */
export class WorkspaceContext extends Construct {
  /** Plain references, for expressions. */
  readonly workspace = 'data.coder_workspace.me';
  readonly owner = 'data.coder_workspace_owner.me';
  readonly provisioner = 'data.coder_provisioner.me';

  constructor(scope: Construct, id: string) {
    super(scope, id);
    // Coder's form fills in owner data only under the name "me".
    new DataCoderProvisioner(this, 'Provisioner').overrideLogicalId('me');
    new DataCoderWorkspace(this, 'Workspace').overrideLogicalId('me');
    new DataCoderWorkspaceOwner(this, 'Owner').overrideLogicalId('me');
  }
}
