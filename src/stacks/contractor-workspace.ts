import type { Construct } from 'constructs';
import { CoderProvider } from '../../constructs/workspace/coder';
import {
  ContractorWorkspace,
  type ContractorWorkspaceProps,
} from '../../constructs/workspace/contractor-workspace';
import { DockerProvider } from '../../constructs/common/docker';
import { shipSource } from '../../constructs/workspace/workspace-file';
import { catalog } from '../catalog';
import { policy } from '../policy';
import { TemplateStack } from '../../synth/template-stack';

/** Versions the template works with, newest and oldest that were tried. */
const VERSIONS = { terraform: '>= 1.9, < 2', coder: '>= 2.13, < 3', docker: '>= 3.6, < 5' };

/** The template that `coder templates push` takes. */
export class ContractorWorkspaceStack extends TemplateStack {
  constructor(scope: Construct, id: string, props: Partial<ContractorWorkspaceProps> = {}) {
    super(scope, id);
    new CoderProvider(this, 'coder');
    new DockerProvider(this, 'docker');
    this.addOverride('terraform.required_version', VERSIONS.terraform);
    this.addOverride('terraform.required_providers.coder.version', VERSIONS.coder);
    this.addOverride('terraform.required_providers.docker.version', VERSIONS.docker);
    new ContractorWorkspace(this, 'ContractorWorkspace', { catalog, policy, ...props });
    shipSource(this, 'template-readme.md', 'README.md');
  }
}
