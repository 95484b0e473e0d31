import { Construct } from 'constructs';
import { DockerImage } from './docker';
import { listed, validateProps, type Rule } from './validation';

/** Where the workspace's image comes from. */
export class ImageSource {
  /**
   * An image by reference, pinned: `name@sha256:…` from a registry, or `name:tag` built on the Docker host.
   *
   * @example ImageSource.of('registry.example.com/contractor-workspace@sha256:…')
   */
  static of(reference: string): ImageSource {
    return new ImageSource(reference);
  }

  private constructor(readonly reference: string) {}
}

export interface WorkspaceImageProps {
  readonly source: ImageSource;
}

const REFERENCE = /^[a-z0-9][a-z0-9._/:-]*?(:[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})$/;
const FLOATING = ['latest', 'main', 'stable'];

const tagOf = (reference: string): string => reference.split('/').pop()?.split('@')[0]?.split(':')[1] ?? '';

const RULES: readonly Rule<WorkspaceImageProps>[] = [
  {
    holds: ({ source }) => REFERENCE.test(source.reference),
    message: ({ source }) =>
      `"image" must be "name:tag" or "name@sha256:<64 hex digits>", got "${source.reference}": pin a version`,
  },
  {
    holds: ({ source }) => !FLOATING.includes(tagOf(source.reference)),
    message: ({ source }) =>
      `"image" must not use a tag that moves (${listed(FLOATING)}), got "${source.reference}": pin a version or a digest`,
  },
];

/** The image on the Docker host: pulled when it is not there. Kept on destroy, other workspaces use it. */
export class WorkspaceImage extends Construct {
  readonly resource: DockerImage;
  /** Plain reference to the id; a new image under the same tag is seen. */
  readonly idRef = 'docker_image.workspace.image_id';

  constructor(scope: Construct, id: string, props: WorkspaceImageProps) {
    super(scope, id);
    validateProps(this, props, RULES);
    this.resource = new DockerImage(this, 'Resource', {
      name: props.source.reference,
      keepLocally: true,
    });
    this.resource.overrideLogicalId('workspace');
  }
}
