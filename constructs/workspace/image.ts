import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { literal } from '../../synth/hcl/strings';
import { shown } from '../../synth/shown';
import { DockerImage } from '../common/docker';
import { expression } from '../common/expression';
import { made } from '../common/made-values';
import { listed, validateProps, type Rule } from '../common/validation';
import type { WorkspaceContext } from './workspace-context';
import { shipFile } from './workspace-file';

/**
 * What an image is built from on the Docker host.
 *
 * @example
 * ImageSource.built({ name: 'backend:1', context: new Map([['Dockerfile', { content: 'FROM debian:13-slim' }]]) });
 */
export interface ImageBuildProps {
  /** `name:tag` the image gets; another tag is another image. */
  readonly name: string;
  /**
   * The build context: text by path, with a `Dockerfile`. Shipped with the template, so it counts against Coder's limit
   * of one MiB. `imageContext(workspaceImage())` of `workspace-image/image/` is ours.
   */
  readonly context: ReadonlyMap<string, { readonly content: string | Buffer; readonly mode?: number }>;
  /** Build arguments by name. They stay in the image's history: no secret. @default - none */
  readonly buildArgs?: Readonly<Record<string, string>>;
}

/** Where the workspace's image comes from. */
export class ImageSource {
  /**
   * An image by reference, pinned: `name@sha256:…` from a registry, or `name:tag` built on the Docker host.
   *
   * @example ImageSource.of('registry.example.com/contractor-workspace@sha256:…')
   */
  static of(reference: string): ImageSource {
    return made(new ImageSource(reference), 'ImageSource', 'of', reference);
  }

  /**
   * An image that Terraform builds on the Docker host when its files change. The first start waits for it, and every
   * provisioner's host builds its own: a registry and `of` suit more than one host better.
   */
  static built(props: ImageBuildProps): ImageSource {
    return made(new ImageSource(props?.name, props), 'ImageSource', 'built', props);
  }

  private constructor(
    readonly reference: string,
    readonly build?: ImageBuildProps,
  ) {}
}

/**
 * @example
 * new WorkspaceImage(this, 'Image', { context, source: ImageSource.of('contractor-workspace:1') });
 */
export interface WorkspaceImageProps {
  readonly context: WorkspaceContext;
  readonly source: ImageSource;
}

const REFERENCE = /^[a-z0-9][a-z0-9._/:-]*?(:[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})$/;
const FLOATING = ['latest', 'main', 'stable'];

/** Where the build context lies in the template. */
const CONTEXT = 'image';

const tagOf = (reference: string): string => reference.split('/').pop()?.split('@')[0]?.split(':')[1] ?? '';
const binariesOf = ({ source }: WorkspaceImageProps): string[] =>
  [...(source.build?.context ?? [])]
    .filter(([, { content }]) => typeof content !== 'string')
    .map(([path]) => path);

const RULES: readonly Rule<WorkspaceImageProps>[] = [
  {
    prop: 'image',
    holds: ({ source }) => REFERENCE.test(source.reference),
    message: ({ source }) =>
      `must be "name:tag" or "name@sha256:<64 hex digits>", got ${shown(source.reference)}: pin a version`,
  },
  {
    prop: 'image',
    holds: ({ source }) => !FLOATING.includes(tagOf(source.reference)),
    message: ({ source }) =>
      `must not use a tag that moves (${listed(FLOATING)}), got ${shown(source.reference)}: pin a version or a digest`,
  },
  {
    prop: 'image',
    holds: ({ source }) => source.build === undefined || !source.reference.includes('@'),
    message: ({ source }) =>
      `is built here and cannot have a digest before it is, got ${shown(source.reference)}: use "name:tag"`,
  },
  {
    prop: 'image',
    holds: ({ source }) => source.build === undefined || source.build.context.has('Dockerfile'),
    message: ({ source }) =>
      `needs a file "Dockerfile" in its context, got ${shown([...(source.build?.context.keys() ?? [])])}: add one`,
  },
  {
    prop: 'image',
    holds: (props) => binariesOf(props).length === 0,
    message: (props) =>
      `can ship text alone, got ${listed(binariesOf(props))}: build such an image before and name it by its digest`,
  },
];

/**
 * The image on the Docker host: pulled or built when it is not there. Kept on destroy, other workspaces use it.
 *
 * In the state only while the workspace runs, since every build looks for what is in the state: a stop must not need an
 * image that neither host nor registry has any more.
 */
export class WorkspaceImage extends Construct {
  readonly resource: DockerImage;
  /** Plain references, there while the workspace runs. By its id a new image under the same tag is seen. */
  readonly idRef = 'docker_image.workspace[0].image_id';
  readonly nameRef = 'docker_image.workspace[0].name';

  constructor(scope: Construct, id: string, props: WorkspaceImageProps) {
    super(scope, id);
    validateProps(this, 'WorkspaceImageProps', props, RULES);
    const { context, source } = props;
    const { reference, build } = source;
    this.resource = new DockerImage(this, 'Resource', {
      count: Token.asNumber(expression`${context.workspace}.start_count`),
      name: reference,
      keepLocally: true,
      ...(build && this.building(build)),
    });
    this.resource.overrideLogicalId('workspace');
  }

  private building({ context, buildArgs }: ImageBuildProps) {
    for (const [path, { content, mode = 0o644 }] of context)
      shipFile(this, `${CONTEXT}/${path}`, content.toString(), (mode & 0o100) !== 0);
    return {
      buildAttribute: {
        context: `\${path.module}/${CONTEXT}`,
        ...(buildArgs && {
          buildArgs: Object.fromEntries(
            Object.entries(buildArgs).map(([key, value]) => [key, literal(value)]),
          ),
        }),
      },
      triggers: {
        // The context of a build is no attribute of the image: without this a changed file builds nothing.
        files: expression`sha1(join("", [for file in fileset("\${path.module}/${CONTEXT}", "**") : filesha1("\${path.module}/${CONTEXT}/\${file}")]))`,
      },
    };
  }
}
