import { Construct } from 'constructs';
import { DockerImage } from '../common/docker';
import { made } from '../common/made-values';
import { listed, validateProps, type Rule } from '../common/validation';

export interface ServiceImageOptions {
  /** `sha256:` and 64 hex digits; holds whatever becomes of the tag. @default - the tag alone */
  readonly digest?: string;
}

/** An image by name and version. */
export class ServiceImage {
  /** @example ServiceImage.of('postgres:17.11', { digest: 'sha256:…' }) */
  static of(reference: string, options: ServiceImageOptions = {}): ServiceImage {
    return made(new ServiceImage(reference, options?.digest), 'ServiceImage', 'of', reference, options);
  }

  /** As the engine is asked for it. */
  readonly reference: string;

  private constructor(
    readonly name: string,
    readonly digest: string | undefined,
  ) {
    this.reference = digest === undefined ? name : `${name}@${digest}`;
  }
}

/**
 * What runs unless a prop says otherwise. Versions as their makers published them by November 2026; the gateway's image
 * is built on the Docker host.
 */
export const SERVICE_IMAGES = {
  gateway: ServiceImage.of('contractor-workspace-gateway:1'),
  postgres: ServiceImage.of('postgres:17.11-bookworm'),
  coder: ServiceImage.of('ghcr.io/coder/coder:v2.36.1'),
  enginePolicy: ServiceImage.of('tecnativa/docker-socket-proxy:0.3.0'),
  langfuseWeb: ServiceImage.of('langfuse/langfuse:4.38.0'),
  langfuseWorker: ServiceImage.of('langfuse/langfuse-worker:4.38.0'),
  clickHouse: ServiceImage.of('clickhouse/clickhouse-server:25.12'),
  valkey: ServiceImage.of('valkey/valkey:8.1.3'),
  prometheus: ServiceImage.of('prom/prometheus:v3.5.0'),
  grafana: ServiceImage.of('grafana/grafana:12.2.0'),
  collector: ServiceImage.of('otel/opentelemetry-collector:0.165.0'),
  objectStore: ServiceImage.of('minio/minio:RELEASE.2025-09-07T16-13-09Z'),
} as const;

const NAME = /^[a-z0-9][a-z0-9._/:-]*:[\w][\w.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const FLOATING = ['latest', 'main', 'stable', 'nightly', 'edge'];

const tagOf = (name: string): string => name.split(':').at(-1) ?? '';

export interface PulledImageProps {
  /** Terraform name. */
  readonly name: string;
  readonly image: ServiceImage;
}

const RULES: readonly Rule<PulledImageProps>[] = [
  {
    holds: ({ image }) => image.name.length <= 255 && NAME.test(image.name),
    message: ({ name, image }) =>
      `image of "${name}" must be "name:version", got "${image.name.slice(0, 255)}": pin a version`,
  },
  {
    holds: ({ image }) => !FLOATING.includes(tagOf(image.name)),
    message: ({ name, image }) =>
      `image of "${name}" must not use a tag that moves (${listed(FLOATING)}), got "${image.name}": pin a version`,
  },
  {
    holds: ({ image }) => image.digest === undefined || DIGEST.test(image.digest),
    message: ({ name, image }) =>
      `digest of "${name}" must be "sha256:" and 64 hex digits, got "${image.digest?.slice(0, 80)}": copy it from the registry`,
  },
];

/** An image on the Docker host, pulled when it is not there, and kept when the platform goes. */
export class PulledImage extends Construct {
  /** Plain reference to its id: another image under the same tag is another container. */
  readonly idRef: string;
  /** As the engine is asked for it. */
  readonly reference: string;

  constructor(scope: Construct, id: string, props: PulledImageProps) {
    super(scope, id);
    validateProps(this, undefined, props, RULES);
    new DockerImage(this, 'Resource', {
      name: props.image.reference,
      keepLocally: true,
    }).overrideLogicalId(props.name);
    this.reference = props.image.reference;
    this.idRef = `docker_image.${props.name}.image_id`;
  }
}
