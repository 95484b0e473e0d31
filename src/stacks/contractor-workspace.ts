import type { Construct } from 'constructs';
import { CoderProvider } from '../../constructs/workspace/coder';
import {
  ContractorWorkspace,
  type ContractorWorkspaceProps,
} from '../../constructs/workspace/contractor-workspace';
import { DockerProvider } from '../../constructs/common/docker';
import { checkTypes, withAllFaults } from '../../constructs/common/validation';
import { shipSource } from '../../constructs/workspace/workspace-file';
import { catalog } from '../catalog';
import { policy } from '../policy';
import { TemplateStack } from '../../synth/template-stack';

/** Versions the template works with, newest and oldest that were tried. */
const VERSIONS = { terraform: '>= 1.9, < 2', coder: '>= 2.13, < 3', docker: '>= 3.6, < 5' };

/** What differs from the contractor workspace as we ship it. */
export type ContractorWorkspaceStackProps = Partial<ContractorWorkspaceProps>;

/** The template that `coder templates push` takes. */
export class ContractorWorkspaceStack extends TemplateStack {
  constructor(scope: Construct, id: string, props: ContractorWorkspaceStackProps = {}) {
    super(scope, id);
    new CoderProvider(this, 'coder');
    new DockerProvider(this, 'docker');
    this.addOverride('terraform.required_version', VERSIONS.terraform);
    this.addOverride('terraform.required_providers.coder.version', VERSIONS.coder);
    this.addOverride('terraform.required_providers.docker.version', VERSIONS.docker);
    withAllFaults({ title: id }, () => {
      const ours = { catalog, policy };
      const given = checkTypes<ContractorWorkspaceStackProps>(id, 'ContractorWorkspaceStackProps', props, {
        fallback: ours,
      });
      new ContractorWorkspace(this, 'ContractorWorkspace', { ...ours, ...given });
    });
    shipSource(this, 'template-readme.md', 'README.md');
  }
}
