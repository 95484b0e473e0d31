import { Construct } from 'constructs';
import { DockerVolume } from '../common/docker';
import { expression } from '../common/expression';
import { validateProps } from '../common/validation';
import type { WorkspaceContext } from './workspace-context';

/**
 * @example
 * new HomeVolume(this, 'Home', { context });
 */
export interface HomeVolumeProps {
  readonly context: WorkspaceContext;
}

/** The developer's home: named by the workspace's id, so that a rename keeps it, and never replaced. */
export class HomeVolume extends Construct {
  readonly resource: DockerVolume;
  /** Plain reference to the volume's name. */
  readonly nameRef = 'docker_volume.home.name';

  constructor(scope: Construct, id: string, props: HomeVolumeProps) {
    super(scope, id);
    validateProps(this, 'HomeVolumeProps', props);
    const { workspace } = props.context;
    this.resource = new DockerVolume(this, 'Resource', {
      name: expression`"coder-\${${workspace}.id}-home"`,
      labels: [
        { label: 'coder.workspace_id', value: expression`${workspace}.id` },
        // The name at creation: the volume keeps it when the workspace is renamed.
        { label: 'coder.workspace_name_at_creation', value: expression`${workspace}.name` },
      ],
      lifecycle: { ignoreChanges: 'all' },
    });
    this.resource.overrideLogicalId('home');
  }
}
